using System.Numerics;

namespace NetDsl;

/// <summary>Several inputs, or several targets, as one: each sample's side by side, as a <see cref="Dataset{T, TTarget}"/> holds them for a network with several.</summary>
/// <remarks>
/// <code>
/// var data = new Dataset&lt;float, float&gt;(SideBySide.Join&lt;float&gt;(count, pictures, tags), SideBySide.Join&lt;float&gt;(count, SideBySide.OneHot&lt;float&gt;(moves, 82), results), 784 + 10, 82 + 1);
/// new Trainer&lt;float, float&gt;(network, parameters, optimizer).Fit(data, options);
/// </code>
/// </remarks>
public static class SideBySide
{
    /// <summary>[samples × all parts] from one [samples × size] for each part, copied.</summary>
    /// <param name="samples">Number of samples.</param>
    /// <param name="parts">The parts in the order of the network's inputs or targets.</param>
    /// <exception cref="ArgumentException">A part holds no whole number of elements for each sample.</exception>
    public static T[] Join<T>(int samples, params ReadOnlyMemory<T>[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length % samples != 0)
                throw new ArgumentException($"Part {i} (counted from 0) has {parts[i].Length} elements, no multiple of the {samples} samples.", nameof(parts));
        }

        var all = new T[parts.Sum(part => part.Length)];
        var (size, start) = (all.Length / samples, 0);
        foreach (var part in parts)
        {
            var width = part.Length / samples;
            for (var i = 0; i < samples; i++)
                part.Span.Slice(i * width, width).CopyTo(all.AsSpan(i * size + start));
            start += width;
        }

        return all;
    }

    /// <summary>Class labels as distributions: [labels × classes], 1 at the label and 0 elsewhere.</summary>
    /// <param name="labels">Labels in 0..classes − 1.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentException">A label is outside.</exception>
    public static T[] OneHot<T>(ReadOnlySpan<int> labels, int classes)
        where T : unmanaged, INumberBase<T>
    {
        var rows = new T[labels.Length * classes];
        for (var row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
                throw new ArgumentException($"The label at row {row} (counted from 0) is {labels[row]}; expected 0..{classes - 1}.", nameof(labels));
            rows[row * classes + labels[row]] = T.One;
        }

        return rows;
    }

    /// <summary>Class labels as numbers, for a loss that takes labels alone beside one that takes numbers.</summary>
    public static T[] Numbers<T>(ReadOnlySpan<int> labels)
        where T : unmanaged, INumberBase<T>
    {
        var numbers = new T[labels.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = T.CreateChecked(labels[i]);
        return numbers;
    }
}
