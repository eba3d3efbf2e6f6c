using System.Numerics;

namespace NetDsl;

/// <summary>What the targets of a data set mean, which decides how answers are scored.</summary>
internal enum TargetKind
{
    /// <summary>Class labels.</summary>
    Labels,

    /// <summary>Rows with a single 1 among zeros.</summary>
    OneHot,

    /// <summary>Zeros and ones.</summary>
    Binary,

    /// <summary>Any numbers.</summary>
    Numbers,
}

internal static class TargetKinds
{
    /// <summary>Looks at all targets.</summary>
    public static TargetKind Of<T, TTarget>(Dataset<T, TTarget> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : unmanaged
    {
        if (data is not Dataset<T, T> numbers)
            return TargetKind.Labels;
        var oneHot = data.TargetSize > 1;
        for (var row = 0; row < numbers.Count; row++)
        {
            var ones = 0;
            foreach (var target in numbers.Target(row))
            {
                if (target == T.One)
                    ones++;
                else if (target != T.Zero)
                    return TargetKind.Numbers;
            }

            oneHot &= ones == 1;
        }

        return oneHot ? TargetKind.OneHot : TargetKind.Binary;
    }
}
