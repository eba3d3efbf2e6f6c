using System.Globalization;
using NetDsl;
using Spectre.Console;

namespace Samples;

/// <summary>Shows a training run: a live line with a bar in a terminal, a plain line an epoch elsewhere.</summary>
internal static class ConsoleProgress
{
    /// <summary>Runs <see cref="Trainer{T, TTarget}.Fit"/> and shows epoch, loss, validation accuracy, samples per second and time left.</summary>
    public static History Fit(Trainer<float, int> trainer, Dataset<float, int> data, FitOptions<float, int> options) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? FitLive(trainer, data, options)
            : trainer.Fit(data, options with
            {
                OnEpoch = progress =>
                {
                    Console.WriteLine(Line(progress));
                    return options.OnEpoch?.Invoke(progress) ?? true;
                },
            });

    private static History FitLive(Trainer<float, int> trainer, Dataset<float, int> data, FitOptions<float, int> options) =>
        AnsiConsole.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var task = context.AddTask("starting");
                double? accuracy = null;
                bool Show(FitProgress progress)
                {
                    accuracy = progress.ValidationMetric ?? accuracy;
                    task.MaxValue = (double)progress.Epochs * progress.Batches;
                    task.Value = (progress.Epoch - 1.0) * progress.Batches + progress.Batch;
                    task.Description = Markup.Escape(Line(progress with { ValidationMetric = accuracy }));
                    return true;
                }

                return trainer.Fit(data, options with { OnBatch = progress => Show(progress) && (options.OnBatch?.Invoke(progress) ?? true), OnEpoch = progress => Show(progress) && (options.OnEpoch?.Invoke(progress) ?? true) });
            });

    private static string Line(FitProgress progress) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {progress.Epoch,2}/{progress.Epochs}  loss {progress.Loss:F4}  validation accuracy {progress.ValidationMetric:P2}  {progress.SamplesPerSecond:N0} samples/s  {progress.Remaining.TotalSeconds:F0} s left");
}
