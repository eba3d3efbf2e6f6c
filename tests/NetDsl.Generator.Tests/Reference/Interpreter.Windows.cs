using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Tests.Reference;

/// <summary>Convolutions and poolings: for each result the places of its window.</summary>
internal sealed partial class Interpreter
{
    // z[o, p] = b[o] + Σ_{i, k} w[o, i, k]·x[i, place(p, k)]
    private void Convolve(Node node, ConvOp op)
    {
        var (x, w, z) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var (result, source, weight) in Products(op, node.Inputs[0]))
            z[result] += w[weight] * x[source];
        for (var i = 0; op.Bias && i < z.Length; i++)
            z[i] += this[node.Inputs[2]][Channel(node.Outputs[0], i)];
    }

    private void ConvolutionBackwardParameters(Node node, ConvOp op)
    {
        var (dz, x, dw) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var (result, source, weight) in Products(op, node.Inputs[1]))
            dw[weight] += dz[result] * x[source];
        for (var i = 0; op.Bias && i < dz.Length; i++)
            this[node.Outputs[1]][Channel(node.Inputs[0], i)] += dz[i];
    }

    private void ConvolutionBackwardInput(Node node, ConvOp op)
    {
        var (dz, w, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var (result, source, weight) in Products(op, node.Outputs[0]))
            dx[source] += dz[result] * w[weight];
    }

    private void ConvolveBack(Node node, TransposedConvOp op)
    {
        var (x, w, z) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var (source, result, weight) in Products(op, node.Inputs[0], node.Outputs[0]))
            z[result] += w[weight] * x[source];
        for (var i = 0; op.Bias && i < z.Length; i++)
            z[i] += this[node.Inputs[2]][Channel(node.Outputs[0], i)];
    }

    private void TransposedBackwardParameters(Node node, TransposedConvOp op)
    {
        var (dz, x, dw) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var (source, result, weight) in Products(op, node.Inputs[1], node.Inputs[0]))
            dw[weight] += dz[result] * x[source];
        for (var i = 0; op.Bias && i < dz.Length; i++)
            this[node.Outputs[1]][Channel(node.Inputs[0], i)] += dz[i];
    }

    private void TransposedBackwardInput(Node node, TransposedConvOp op)
    {
        var (dz, w, dx) = (this[node.Inputs[0]], this[node.Inputs[1]], this[node.Outputs[0]]);
        foreach (var (source, result, weight) in Products(op, node.Outputs[0], node.Inputs[0]))
            dx[source] += dz[result] * w[weight];
    }

    private void Upsample(Node node, UpsampleOp op, int narrow, int wide, bool isBackward)
    {
        if (op.IsLinear)
            Interpolate(node, op, narrow, isBackward);
        else
            Repeat(node, op, wide, isBackward);
    }

    // Each result from its position: the elements on both sides of it, the nearer one with the larger weight.
    private void Interpolate(Node node, UpsampleOp op, int narrow, bool isBackward)
    {
        var (from, to) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        var shape = graph.Values[narrow].Shape;
        List<(int Wide, int Narrow, double Weight)> terms = [.. Enumerable.Range(0, batch * shape.Extents[0]).Select(channel => (channel, channel, 1.0))];
        for (var axis = 1; axis < shape.Rank; axis++)
        {
            var (size, factor) = (shape.Extents[axis], Windows.Pick(op.Factor, axis - 1));
            terms = [.. terms.SelectMany(term =>
                from i in Enumerable.Range(0, size * factor)
                let position = op.AlignCorners ? i * (size - 1.0) / Math.Max(1, size * factor - 1) : Math.Clamp((i + 0.5) / factor - 0.5, 0, size - 1)
                from k in Enumerable.Range(0, size)
                where Math.Abs(position - k) < 1
                select (term.Wide * size * factor + i, term.Narrow * size + k, term.Weight * (1 - Math.Abs(position - k))))];
        }

        foreach (var (result, source, weight) in terms)
            to[isBackward ? source : result] += weight * from[isBackward ? result : source];
    }

    private void Repeat(Node node, UpsampleOp op, int wide, bool isBackward)
    {
        var (from, to) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        foreach (var (narrow, places, _) in WindowsOf(op.AxesOf(graph.Values[wide].Shape), wide, includePadding: true))
        {
            foreach (var place in places)
                to[isBackward ? narrow : place] += from[isBackward ? place : narrow];
        }
    }

    private void Pool(Node node, PoolOp op)
    {
        var (x, y) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        foreach (var (result, sources, count) in WindowsOf(op.AxesOf(graph.Values[node.Inputs[0]].Shape), node.Inputs[0], op.IncludePadding))
        {
            y[result] = op.Kind switch
            {
                PoolKind.Max => sources.Max(source => x[source]),
                PoolKind.Average => sources.Sum(source => x[source]) / count,
                _ => Math.Sqrt(sources.Sum(source => x[source] * x[source])),
            };
        }
    }

    private void PoolBackward(Node node, PoolOp op)
    {
        var (dy, dx) = (this[node.Inputs[0]], this[node.Outputs[0]]);
        foreach (var (result, sources, count) in WindowsOf(op.AxesOf(graph.Values[node.Outputs[0]].Shape), node.Outputs[0], op.IncludePadding))
        {
            if (op.Kind == PoolKind.Average)
            {
                sources.ForEach(source => dx[source] += dy[result] / count);
                continue;
            }

            var x = this[node.Inputs[1]];
            if (op.Kind == PoolKind.Max)
                dx[sources.MaxBy(source => x[source])] += dy[result];
            else if (Math.Sqrt(sources.Sum(source => x[source] * x[source])) is > 0 and var length)
                sources.ForEach(source => dx[source] += dy[result] * x[source] / length);
        }
    }

    private int Channel(int value, int element) => element / graph.Values[value].Shape.Plane % graph.Values[value].Shape.Extents[0];

    private IEnumerable<(int Result, int Source, int Weight)> Products(ConvOp op, int x) =>
        Products(op.Windows.Of(graph.Values[x].Shape), graph.Values[x].Shape, op.Filters, op.Groups);

    // The convolution back goes from the result to the input.
    private IEnumerable<(int Source, int Result, int Weight)> Products(TransposedConvOp op, int x, int z) =>
        Products(op.AxesOf(graph.Values[x].Shape), graph.Values[z].Shape, graph.Values[x].Shape.Extents[0], op.Groups);

    // Every product of a convolution: elements of the result, of the input and of the weight.
    private IEnumerable<(int Result, int Source, int Weight)> Products(IReadOnlyList<WindowAxis> axes, Shape shape, int filters, int groups)
    {
        var (inputs, outputs) = (shape.Extents[0] / groups, filters / groups);
        var (plane, results, taps) = (shape.Plane, (int)axes.Aggregate(1L, (product, axis) => product * axis.Results), axes.Aggregate(1, (product, axis) => product * axis.Kernel));
        var places = Places(axes);
        for (var n = 0; n < batch; n++)
        {
            for (var o = 0; o < filters; o++)
            {
                for (var i = 0; i < inputs; i++)
                {
                    foreach (var (result, source, tap) in places)
                        yield return ((n * filters + o) * results + result, (n * shape.Extents[0] + o / outputs * inputs + i) * plane + source, (o * inputs + i) * taps + tap);
                }
            }
        }
    }

    // Every window of a pooling: its result, the elements that it holds, and what an average divides by.
    private IEnumerable<(int Result, List<int> Sources, int Count)> WindowsOf(IReadOnlyList<WindowAxis> axes, int x, bool includePadding)
    {
        var shape = graph.Values[x].Shape;
        var results = (int)axes.Aggregate(1L, (product, axis) => product * axis.Results);
        var windows = Places(axes).GroupBy(place => place.Result).ToList();
        // With padding counted, the elements of a window that lie in the padded input.
        var counts = windows.ToDictionary(window => window.Key, window => includePadding ? Padded(axes, window.Key) : window.Count());
        for (var channel = 0; channel < batch * shape.Extents[0]; channel++)
        {
            foreach (var window in windows)
                yield return (channel * results + window.Key, [.. window.Select(place => channel * shape.Plane + place.Source)], counts[window.Key]);
        }
    }

    // Within a channel: what each element of the kernel meets for each result, in row-major order of both, without the padding.
    private static List<(int Result, int Source, int Tap)> Places(IReadOnlyList<WindowAxis> axes)
    {
        List<(int Result, int Source, int Tap)> places = [(0, 0, 0)];
        foreach (var axis in axes)
        {
            places = [.. places.SelectMany(place =>
                from result in Enumerable.Range(0, (int)axis.Results)
                from tap in Enumerable.Range(0, axis.Kernel)
                let source = result * axis.Stride + tap * axis.Dilation - (int)axis.Before
                where source >= 0 && source < axis.Size
                select (place.Result * (int)axis.Results + result, place.Source * axis.Size + source, place.Tap * axis.Kernel + tap))];
        }

        return [.. places.OrderBy(place => place.Result).ThenBy(place => place.Tap)];
    }

    private static int Padded(IReadOnlyList<WindowAxis> axes, int result)
    {
        var count = 1;
        foreach (var axis in axes.Reverse())
        {
            var start = result % (int)axis.Results * axis.Stride;
            count *= Enumerable.Range(0, axis.Kernel).Count(tap => start + tap * axis.Dilation < axis.Padded);
            result /= (int)axis.Results;
        }

        return count;
    }
}
