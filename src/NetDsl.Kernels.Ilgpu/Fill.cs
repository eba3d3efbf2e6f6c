using ILGPU;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>One value everywhere.</summary>
internal static class Fill
{
    public static void Run<T>(ArrayView<T> view, T value)
        where T : unmanaged
    {
        var length = (int)view.Length;
        if (length > 0)
            Work.On(view).Launch(Work.Groups(length), Work.Threads, new FillKernel<T>(view, value));
    }
}

/// <summary>One thread an element.</summary>
internal readonly struct FillKernel<T>(ArrayView<T> view, T value) : IKernel
    where T : unmanaged
{
    private readonly ArrayView<T> _view = view;
    private readonly T _value = value;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i < _view.IntLength)
            _view[i] = _value;
    }
}
