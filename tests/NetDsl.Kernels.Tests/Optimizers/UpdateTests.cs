using System.Numerics;
using NetDsl.Kernels.Optimizers;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Optimizers;

[Collection(nameof(WorkerPool))]
public sealed class UpdateTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> Cases => ReferenceCase.Names("optimizer_");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheReference(string name)
    {
        Check<float>(ReferenceCase.Load(name));
        Check<double>(ReferenceCase.Load(name));
    }

    private static void Check<T>(ReferenceCase reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rates = reference.Has("lr_per_step") ? reference.Numbers("lr_per_step") : null;
        foreach (var name in (string[])["w", "b"])
        {
            var w = reference.Values<T>("params", name);
            var gradients = reference.Values<T>("inputs", name + ".grad");
            var (s1, s2) = (new T[w.Length], new T[w.Length]);
            var result = new List<T>();
            for (var step = 0; step < gradients.Length / w.Length; step++)
            {
                Step<T>(reference, w, gradients.AsSpan(step * w.Length, w.Length), s1, s2, step + 1, rates?[step] ?? reference.Number("lr", 0));
                result.AddRange(w);
            }
            // Some cases report the last step alone.
            var expected = reference.Values<T>("outputs", name).Length;
            reference.ShouldAgree<T>(result.ToArray().AsSpan(result.Count - expected), "outputs", name);
        }
    }

    private static void Step<T>(ReferenceCase reference, Span<T> w, ReadOnlySpan<T> g, Span<T> s1, Span<T> s2, int t, double rate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var decay = reference.Number("weight_decay", 0);
        var momentum = reference.Number("momentum", 0);
        var algorithm = reference.Text("algorithm");
        switch (algorithm)
        {
            // For plain descent the two kinds of decay are the same: w − rate·(g + decay·w) = (1 − rate·decay)·w − rate·g.
            case "sgd" or "sgdw":
                Update.Run(w, g, default, default, new SgdRule<T>(rate, decay));
                break;
            case "momentum" or "nesterov":
                var dampening = t == 1 ? 0 : reference.Number("dampening", 0);
                Update.Run(w, g, s1, default, new MomentumRule<T>(rate, momentum, dampening, decay, algorithm == "nesterov"));
                break;
            case "momentum_textbook" or "nesterov_textbook":
                Update.Run(w, g, s1, default, new MomentumTextbookRule<T>(rate, momentum, algorithm == "nesterov_textbook"));
                break;
            default:
                var (beta1, beta2) = (reference.Number("beta1", 0), reference.Number("beta2", 0));
                Update.Run(w, g, s1, s2, new AdamRule<T>(
                    rate, beta1, beta2, reference.Number("eps", 0), decay, 1 - Math.Pow(beta1, t), 1 - Math.Pow(beta2, t), algorithm == "adam_eps_hat", algorithm == "adamw"));
                break;
        }
    }

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var length = 0; length <= 256; length++)
        {
            CheckAdam<float>(length, 1e-6);
            CheckAdam<double>(length, 1e-14);
        }
    }

    private static void CheckAdam<T>(int length, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (w, g, m) = (Samples.Uniform<T>(length, 1), Samples.Uniform<T>(length, 2), Samples.Uniform<T>(length, 3));
        var v = Samples.Uniform<T>(length, 4, 0.5, 4);
        var expected = new double[length];
        for (var i = 0; i < length; i++)
        {
            double Get(T[] values) => double.CreateTruncating(values[i]);
            var gradient = Get(g) + 0.25 * Get(w);
            var first = 0.9 * Get(m) + 0.1 * gradient;
            var second = 0.75 * Get(v) + 0.25 * gradient * gradient;
            expected[i] = Get(w) - 0.125 * (first / 0.5) / (Math.Sqrt(second / 0.25) + 0.01);
        }
        Update.Run(w, g, m, v, new AdamRule<T>(0.125, 0.9, 0.75, 0.01, 0.25, 0.5, 0.25));
        Samples.ShouldBeNear<T>(w, expected, $"{typeof(T).Name} {length}", tolerance, tolerance);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        const int Count = 300_001;
        var g = Samples.Uniform<float>(Count, 1);
        var (expected, w) = (Samples.Uniform<float>(Count, 2), Samples.Uniform<float>(Count, 2));
        WorkerPool.Threads = 1;
        Update.Run(expected, g, new float[Count], default, new MomentumRule<float>(0.1, 0.9, 0, 0.01, nesterov: true));
        WorkerPool.Threads = 3;
        Update.Run(w, g, new float[Count], default, new MomentumRule<float>(0.1, 0.9, 0, 0.01, nesterov: true));
        w.AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Fact]
    public void AMissingStateIsNamed()
    {
        var message = Should.Throw<ArgumentException>(() => Update.Run<float, AdamRule<float>>(new float[3], new float[3], new float[3], default, default)).Message;
        message.ShouldContain("s2 0");
        message.ShouldContain("the first 2 of the states");
    }
}
