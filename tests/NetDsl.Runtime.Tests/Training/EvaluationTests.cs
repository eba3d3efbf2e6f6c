using NetDsl.Tests.Networks;

namespace NetDsl.Tests.Training;

public sealed class EvaluationTests
{
    [Fact]
    public void Labels_are_scored_by_the_largest_output_whatever_the_batch_size()
    {
        var data = Blobs.Make<float>(50);
        var network = new HandMlp<float>(2, 8, 3);
        var trainer = new Trainer<float, int>(network, network.CreateParameters(1), new Sgd<float>(0.1));
        var answers = new int[50];
        Prediction.ArgMax<float>(trainer.Predict(Enumerable.Range(0, 50).SelectMany(i => data.Input(i).ToArray()).ToArray()), answers);

        var whole = trainer.Evaluate(data);
        whole.Confusion!.Total.ShouldBe(50);
        whole.Accuracy.ShouldBe(answers.Index().Count(answer => answer.Item == data.Target(answer.Index)[0]) / 50.0);
        whole.Metric.ShouldBe(whole.Accuracy!.Value);
        whole.MeanAbsoluteError.ShouldBeNull();
        whole.ToString().ShouldStartWith("50 samples: loss ");
        var parts = trainer.Evaluate(data, batchSize: 7);
        parts.Accuracy.ShouldBe(whole.Accuracy);
        parts.Loss.ShouldBe(whole.Loss, 1e-6);
        trainer.Evaluate(data.Shuffle(1), batchSize: 7).Accuracy.ShouldBe(whole.Accuracy);
    }

    [Fact]
    public void Zeros_and_ones_are_scored_at_one_half()
    {
        var evaluation = Evaluate(1, linear: false, [-2, -1, 1, 2], [0, 1, 1, 1]);
        (evaluation.Accuracy, evaluation.MetricName).ShouldBe((0.75, "accuracy at 0.5"));
        evaluation.Confusion.ShouldBeNull();
        evaluation.MeanAbsoluteError!.Value.ShouldBe((2 * 0.11920292202211755 + 0.7310585786300049 + 0.2689414213699951) / 4, 1e-12);
    }

    [Fact]
    public void Outputs_beyond_probabilities_are_scored_by_their_distance()
    {
        var evaluation = Evaluate(1, linear: true, [-2, -1, 1, 2], [0, 1, 1, 1]);
        evaluation.Accuracy.ShouldBeNull();
        (evaluation.Metric, evaluation.MetricName).ShouldBe((1.25, "mean absolute error"));
        evaluation.ToString().ShouldBe("4 samples: loss 1.125, mean absolute error 1.25");
    }

    [Fact]
    public void Numbers_are_scored_by_their_distance()
    {
        var evaluation = Evaluate(2, linear: true, [1, 2, 3, 4], [1, 1, 1, 1.5]);
        (evaluation.Accuracy, evaluation.Metric, evaluation.Loss).ShouldBe((null, 1.375, (0 + 1 + 4 + 6.25) / 8));
    }

    [Fact]
    public void One_hot_rows_are_scored_as_classes()
    {
        var evaluation = Evaluate(2, linear: true, [1, 2, 4, 3, 0, 5], [0, 1, 0, 1, 0, 1]);
        (evaluation.Accuracy!.Value, evaluation.MetricName).ShouldBe((2 / 3.0, "accuracy"));
        evaluation.Confusion![1, 0].ShouldBe(1);
    }

    private static Evaluation Evaluate(int size, bool linear, double[] x, double[] target)
    {
        var network = new SigmoidLayer<double>(size, linear);
        return new Trainer<double, double>(network, network.CreateParameters(1), new Sgd<double>(0.1)).Evaluate(new(x, target, size, size), batchSize: 2);
    }
}
