using System.Runtime.InteropServices;

namespace NetDsl.Kernels;

/// <summary>A table that stays where it is, for plans that live as long as the program.</summary>
internal sealed unsafe class Table<TEntry>
    where TEntry : unmanaged
{
    private readonly TEntry[] _entries;

    public Table(IReadOnlyCollection<TEntry> entries)
    {
        _entries = GC.AllocateUninitializedArray<TEntry>(entries.Count, pinned: true);
        var i = 0;
        foreach (var entry in entries)
            _entries[i++] = entry;
    }

    public int Count => _entries.Length;

    public TEntry this[int index] => _entries[index];

    public bool All(Func<TEntry, bool> holds) => Array.TrueForAll(_entries, entry => holds(entry));

    public TEntry* Entries => (TEntry*)Marshal.UnsafeAddrOfPinnedArrayElement(_entries, 0);
}
