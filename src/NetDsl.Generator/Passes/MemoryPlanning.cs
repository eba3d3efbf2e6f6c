using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>A value's place in the arena, for one sample.</summary>
/// <param name="First">The step that makes it.</param>
/// <param name="Last">The last step that reads it.</param>
/// <param name="InPlaceOf">The value whose memory it takes over while reading it, or −1.</param>
internal sealed record PlannedBuffer(int Value, int Offset, int Size, int First, int Last, int InPlaceOf);

/// <summary>A value in memory which the caller passes in.</summary>
/// <param name="Output">Number of the answer that the memory is for.</param>
internal readonly record struct ExternalValue(int Value, int Output);

/// <summary>Where the values of a schedule lie.</summary>
/// <param name="Elements">Size of the arena for one sample.</param>
/// <param name="External">The values that lie in memory which the caller passes in.</param>
/// <param name="Fixed">The values without a batch axis.</param>
internal sealed record MemoryPlan(EquatableArray<PlannedBuffer> Buffers, int Elements, EquatableArray<ExternalValue> External, FixedPlan Fixed)
{
    public PlannedBuffer? Find(int value) => Buffers.FirstOrDefault(buffer => buffer.Value == value);
}

/// <summary>Where values lie that the batch doesn't scale: they are small, so each has a place of its own.</summary>
/// <param name="Length">Elements of all.</param>
internal sealed record FixedPlan(EquatableArray<PlannedBuffer> Buffers, int Length)
{
    // Each starts on a 64-byte boundary, whatever the element type.
    private const int Alignment = 16;

    public static FixedPlan Of(NetworkGraph graph, Schedule schedule)
    {
        var buffers = new List<PlannedBuffer>();
        var offset = 0;
        foreach (var value in graph.Values.Where(value => value.Kind == ValueKind.Fixed))
        {
            buffers.Add(new PlannedBuffer(value.Id, offset, value.Shape.Size, 0, schedule.Steps.Count, -1));
            offset += (value.Shape.Size + Alignment - 1) / Alignment * Alignment;
        }

        return new FixedPlan(buffers.ToEquatableArray(), offset);
    }

    public PlannedBuffer? Find(int value) => Buffers.FirstOrDefault(buffer => buffer.Value == value);
}

/// <summary>Lifetimes → offsets in one arena: values whose lifetimes are apart share memory, and elementwise results take over a dying operand's.</summary>
internal static class MemoryPlanning
{
    /// <summary>Training: every forward value stays until the loss at least, so that it can be looked at, and what BackwardInput finds stays as it is, so that it can run again.</summary>
    public static MemoryPlan Training(NetworkGraph graph, Schedule schedule)
    {
        var loss = schedule.Steps.Select((step, i) => (step, i)).Where(pair => pair.step.Phase <= Phase.Loss).Max(pair => pair.i);
        int Extend(Step made, int last) =>
            made.Phase != Phase.BackwardInput && schedule.Steps[last].Phase == Phase.BackwardInput ? schedule.Steps.Count
            : made.Phase == Phase.Forward ? Math.Max(last, loss)
            : last;
        return Plan(graph, schedule, Extend, []);
    }

    /// <summary>Inference: the answers, and the logits that they replace, lie in the caller's memory.</summary>
    public static MemoryPlan Inference(NetworkGraph graph, Schedule schedule)
    {
        var storage = new Storage(graph);
        var external = graph.Kept.SelectMany((answer, output) => storage.Sharing(answer).Select(id => new ExternalValue(id, output))).ToList();
        for (var output = 0; output < graph.Kept.Count; output++)
        {
            bool IsMade(int id) => external.Contains(new ExternalValue(id, output));
            var last = schedule.Steps.Last(step => step.Root.Op is not IView && (IsMade(step.Result) || step.Stores.Any(IsMade)));
            var before = last.Root.Inputs[0];
            if (IsMade(last.Result) && last.Root.Op is SoftmaxOp or IElementwise && storage.IsPlanned(before) && storage.ReadersOf(before).Count() == 1 && external.All(value => value.Value != before))
                external.AddRange(storage.Sharing(before).Select(id => new ExternalValue(id, output)));
        }

        return Plan(graph, schedule, (_, lastUse) => lastUse, external);
    }

    private static MemoryPlan Plan(NetworkGraph graph, Schedule schedule, Func<Step, int, int> extend, List<ExternalValue> external)
    {
        var steps = schedule.Steps;
        var storage = new Storage(graph);
        var lastRead = new int[graph.Values.Count];
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var id in steps[i].Nodes.SelectMany(node => node.Inputs))
                lastRead[id] = i;
        }

        var lives = new List<(int Value, int First, int Last)>();
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var id in Written(steps[i]).Where(id => storage.IsPlanned(id) && external.All(value => value.Value != id)))
                lives.Add((id, i, extend(steps[i], Math.Max(i, lastRead[id]))));
        }

        var buffers = new List<PlannedBuffer>();
        foreach (var shared in lives.GroupBy(life => storage.Of(life.Value)))
        {
            var (value, first, last) = (shared.Key, shared.Min(life => life.First), shared.Max(life => life.Last));
            var size = graph.Values[value].Shape.Size;
            var dying = InPlace(graph, storage, steps[first], value, first, buffers);
            if (dying is not null)
            {
                buffers[buffers.IndexOf(dying)] = dying with { Last = first - 1 };
                buffers.Add(new PlannedBuffer(value, dying.Offset, size, first, last, dying.Value));
            }
            else
            {
                buffers.Add(new PlannedBuffer(value, FirstFit(buffers, size, first, last), size, first, last, -1));
            }
        }

        buffers.AddRange(lives.Where(life => storage.Of(life.Value) != life.Value).Select(life =>
            new PlannedBuffer(life.Value, buffers.First(buffer => buffer.Value == storage.Of(life.Value)).Offset, graph.Values[life.Value].Shape.Size, life.First, life.Last, storage.Of(life.Value))));
        return new MemoryPlan(buffers.ToEquatableArray(), buffers.Count == 0 ? 0 : buffers.Max(buffer => buffer.Offset + buffer.Size), external.ToEquatableArray(), FixedPlan.Of(graph, schedule));
    }

    private static IEnumerable<int> Written(Step step) =>
        step.Stores
            .Concat(step.Nodes.SelectMany(node => node.Outputs.Skip(1)))
            .Concat(step.HasResult ? [step.Result] : []);

    // Epilogues and passes read their operands at the place they write, and some kernels allow it: the result can take over an operand that nobody reads later.
    private static PlannedBuffer? InPlace(NetworkGraph graph, Storage storage, Step step, int value, int index, List<PlannedBuffer> buffers)
    {
        if (!step.HasResult || value != storage.Of(step.Result) || step.Phase == Phase.Loss)
            return null;
        var readers = step.Root.Op is IElementwise ? step.Nodes : step.Epilogue;
        var roots = step.Root.Inputs.Where((_, i) => !step.Root.Op.Replaceable.Contains(i)).Select(storage.Of).ToList();
        var operands = readers.SelectMany(node => node.Inputs).Concat(step.Root.Op.Replaceable.Select(i => step.Root.Inputs[i]))
            .Select(storage.Of).Where(id => step.Root.Op is IElementwise || !roots.Contains(id)).ToList();
        return buffers.FirstOrDefault(buffer => buffer.Last == index && operands.Contains(buffer.Value) && buffer.Size == graph.Values[value].Shape.Size);
    }

    private static int FirstFit(List<PlannedBuffer> buffers, int size, int first, int last)
    {
        var offset = 0;
        foreach (var buffer in buffers.Where(buffer => buffer.First <= last && first <= buffer.Last).OrderBy(buffer => buffer.Offset))
        {
            if (buffer.Offset - offset >= size)
                break;
            offset = Math.Max(offset, buffer.Offset + buffer.Size);
        }

        return offset;
    }
}
