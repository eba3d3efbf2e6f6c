namespace NetDsl;

/// <summary>Splits an order of samples so that both parts keep the shares of the classes.</summary>
internal static class Stratification
{
    /// <summary>Moves samples so that the first <paramref name="first"/> of <paramref name="order"/> hold every class by its share; the order within a part stays.</summary>
    public static void Arrange(int[] order, Func<int, int> labelOf, int classes, int first)
    {
        var quota = Quotas(order, labelOf, classes, first);
        var head = new List<int>(first);
        var tail = new List<int>(order.Length - first);
        foreach (var index in order)
            (quota[labelOf(index)]-- > 0 ? head : tail).Add(index);
        head.CopyTo(order);
        tail.CopyTo(order, first);
    }

    /// <summary>Samples of each class in the first part: the exact share rounded down, the rest to the largest remainders.</summary>
    private static int[] Quotas(int[] order, Func<int, int> labelOf, int classes, int first)
    {
        var counts = new int[classes];
        foreach (var index in order)
            counts[labelOf(index)]++;
        var exact = Array.ConvertAll(counts, count => (long)count * first);
        var quota = Array.ConvertAll(exact, share => (int)(share / order.Length));
        var byRemainder = Enumerable.Range(0, classes).OrderByDescending(label => exact[label] % order.Length).Take(first - quota.Sum());
        foreach (var label in byRemainder)
            quota[label]++;
        return quota;
    }
}
