using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>
/// Small images, whose lines would leave most of a vector empty: samples take the place of the line. Operands are turned so that a vector's worth of samples stands
/// side by side, which makes them one image of a further, trivial axis; what is computed there is turned back.
/// </summary>
internal static unsafe class SampleLanes
{
    /// <summary>How much better samples have to fill vectors than lines do, to be worth the turning.</summary>
    private const double Gain = 1.3;

    /// <summary>Whether turning pays: how full vectors are with lines, and with samples.</summary>
    public static bool IsBetter(CorrelationPlan lines, int lanes, int samples) =>
        samples / (double)(Blocking.DivideUp(samples, lanes) * lanes)
        > Gain * lines.ResultSize / ((double)lines.Passes[0].Chunks.Count * lines.Lanes);

    /// <summary>The forward product by the plan of the turned images.</summary>
    public static void Forward<T, TEpilogue>(
        SamplePlans plans, ReadOnlySpan<T> x, ReadOnlySpan<T> weight, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var turned = TurnIn(x, samples, plans.Lanes, PackBuffer.Use.A);
        var results = Room<T>(y.Length / samples, samples, plans.Lanes);
        Convolution.Correlate(plans.Forward, turned, weight, results, Blocking.DivideUp(samples, plans.Lanes), default(Store<T>));
        Finish(results, y, samples, plans.Lanes, plans.Forward.Groups * plans.Forward.Rows, epilogue);
    }

    /// <summary>The gradient of the input by the plan of the turned images.</summary>
    public static void BackwardInput<T, TEpilogue>(
        SamplePlans plans, ReadOnlySpan<T> dy, ReadOnlySpan<T> weight, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var turned = TurnIn(dy, samples, plans.Lanes, PackBuffer.Use.A);
        var results = Room<T>(dx.Length / samples, samples, plans.Lanes);
        Convolution.BackwardInput(plans.BackwardInput, turned, weight, results, Blocking.DivideUp(samples, plans.Lanes), default(Store<T>));
        Finish(results, dx, samples, plans.Lanes, plans.Forward.Groups * plans.Forward.Sources, epilogue);
    }

    /// <summary>The gradients of the parameters by the plan of the turned images.</summary>
    public static void BackwardParameters<T>(
        SamplePlans plans, ReadOnlySpan<T> dy, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int samples, bool accumulate)
        where T : unmanaged
    {
        var turnedX = TurnIn(x, samples, plans.Lanes, PackBuffer.Use.A);
        var turnedDy = TurnIn(dy, samples, plans.Lanes, PackBuffer.Use.B);
        Convolution.Gradients(plans.BackwardWeight, turnedDy, turnedX, dWeight, dBias, Blocking.DivideUp(samples, plans.Lanes), accumulate);
    }

    private static Span<T> Room<T>(int length, int samples, int lanes)
        where T : unmanaged
    {
        var padded = checked(length * Blocking.DivideUp(samples, lanes) * lanes);
        return new(PackBuffer.Rent<T>(PackBuffer.Use.B, padded), padded);
    }

    private static ReadOnlySpan<T> TurnIn<T>(ReadOnlySpan<T> values, int samples, int lanes, PackBuffer.Use use)
        where T : unmanaged
    {
        var length = values.Length / samples;
        var padded = checked(length * Blocking.DivideUp(samples, lanes) * lanes);
        var turned = PackBuffer.Rent<T>(use, padded);
        fixed (T* from = values)
        {
            var body = new Body<T>(from, turned, samples, lanes, length, back: false);
            WorkerPool.Run(body.Tasks, body);
        }
        return new(turned, padded);
    }

    private static void Finish<T, TEpilogue>(ReadOnlySpan<T> turned, Span<T> values, int samples, int lanes, int channels, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        // An epilogue may read operands where the result goes, so what is turned back waits elsewhere; the turned input is no longer needed.
        var isPlain = typeof(TEpilogue) == typeof(Store<T>);
        var waiting = isPlain ? null : PackBuffer.Rent<T>(PackBuffer.Use.A, values.Length);
        fixed (T* from = turned, to = values)
        {
            var body = new Body<T>(isPlain ? to : waiting, from, samples, lanes, values.Length / samples, back: true);
            WorkerPool.Run(body.Tasks, body);
        }
        if (!isPlain)
            Pass.Apply(new ReadOnlySpan<T>(waiting, values.Length), values, samples * channels, values.Length / (samples * channels), epilogue);
    }

    private readonly struct Body<T>(T* values, T* turned, int samples, int lanes, int length, bool back) : IParallelBody
        where T : unmanaged
    {
        /// <summary>Elements of a sample that one task turns.</summary>
        private const int Piece = 2048;

        private readonly T* _values = values;
        private readonly T* _turned = turned;

        private int Pieces => Blocking.DivideUp(length, Piece);

        public int Tasks => Blocking.DivideUp(samples, lanes) * Pieces;

        public void Execute(int task)
        {
            var first = task / Pieces * lanes;
            var start = task % Pieces * Piece;
            var count = Math.Min(Piece, length - start);
            var rows = Math.Min(lanes, samples - first);
            var values = _values + (nint)first * length + start;
            var turned = _turned + (nint)first * length + (nint)start * lanes;
            if (back)
            {
                Turn.Block(turned, lanes, values, length, count, rows);
                return;
            }
            if (rows < lanes)
                new Span<T>(turned, count * lanes).Clear();
            Turn.Block(values, length, turned, lanes, rows, count);
        }
    }
}
