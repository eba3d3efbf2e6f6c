using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>A product in tiles: each group of threads makes one tile of the result, from slices of its factors in shared memory.</summary>
/// <remarks>
/// Each thread fetches the next slice's elements, four of each factor, into registers while it works on the present one, and stores them into the other of two buffers: one barrier
/// a slice. Sums run along k in order; where the depth is shared out, its parts are added in order: the order follows from the extents alone.
/// </remarks>
/// <param name="product">The product.</param>
/// <param name="partial">Where depth is shared out among groups: [parts × groups × rows × columns], takes each part's sums; else unused.</param>
/// <param name="partDepth">Depth of a part, a multiple of the slice's.</param>
/// <param name="columnTiles">Tiles side by side; the grid goes through them row by row.</param>
internal readonly struct ProductKernel<T, TProduct, TBlock, TSide>(TProduct product, ArrayView<T> partial, int partDepth, int columnTiles) : IKernel
    where T : unmanaged, INumber<T>
    where TProduct : struct, IProduct<T>
    where TBlock : struct, IRegisterBlock<TBlock, T>
    where TSide : struct, IGroupSide
{
    private readonly TProduct _product = product;
    private readonly ArrayView<T> _partial = partial;
    private readonly int _partDepth = partDepth;
    private readonly int _columnTiles = columnTiles;

    // Each thread fetches four elements of a slice [depth × tile].
    private static int Side => TSide.Threads;

    private static int Tile => Side * TBlock.Size;

    private static int SliceDepth => 4 * Side / TBlock.Size;

    // One element more than the tile, so that elements of neighbouring k lie in different banks.
    private static int Stride => Tile + 1;

    private static int Slice => SliceDepth * Stride;

    public void Run()
    {
        var left = SharedMemory.Allocate<T>(2 * Slice);
        var right = SharedMemory.Allocate<T>(2 * Slice);
        var thread = Group.IdxX;
        var (row, column) = (thread / Side, thread % Side);
        var (tileRow, tileColumn) = (Grid.IdxX / _columnTiles * Tile, Grid.IdxX % _columnTiles * Tile);
        var start = ProductShare.Part(TProduct.Groups) * _partDepth;
        var end = start + _partDepth < _product.Depth ? start + _partDepth : _product.Depth;

        var (nextLeft, nextRight) = Fetch(tileRow, tileColumn, start, end, thread);
        Keep(left, right, 0, nextLeft, nextRight, thread);
        Group.Barrier();
        var buffer = 0;
        TBlock sums = default;
        for (var k = start; k < end; k += SliceDepth)
        {
            // Beyond the end nothing is read.
            (nextLeft, nextRight) = Fetch(tileRow, tileColumn, k + SliceDepth, end, thread);
            var (leftSlice, rightSlice) = (left.SubView(buffer + row), right.SubView(buffer + column));
            sums = Quad(sums, leftSlice, rightSlice, 0);
            sums = Quad(sums, leftSlice, rightSlice, 4);
            if (SliceDepth > 8)
            {
                sums = Quad(sums, leftSlice, rightSlice, 8);
                sums = Quad(sums, leftSlice, rightSlice, 12);
            }

            buffer = Slice - buffer;
            Keep(left, right, buffer, nextLeft, nextRight, thread);
            Group.Barrier();
        }

        if (_partial.Length == 0)
            sums.Store(new Finished(_product), tileRow + row, tileColumn + column, Side);
        else
            sums.Store(new Part(_partial, Grid.IdxZ, _product.Rows, _product.Columns), tileRow + row, tileColumn + column, Side);
    }

    private static TBlock Quad(TBlock sums, ArrayView<T> left, ArrayView<T> right, int k) =>
        Step(Step(Step(Step(sums, left, right, k), left, right, k + 1), left, right, k + 2), left, right, k + 3);

    private static TBlock Step(TBlock sums, ArrayView<T> left, ArrayView<T> right, int k) => sums.Add(left.SubView(k * Stride), right.SubView(k * Stride), Side);

    private (Row4<T> Left, Row4<T> Right) Fetch(int tileRow, int tileColumn, int k, int end, int thread)
    {
        var count = Side * Side;
        return (
            new(FetchLeft(tileRow, k, end, thread), FetchLeft(tileRow, k, end, thread + count), FetchLeft(tileRow, k, end, thread + 2 * count), FetchLeft(tileRow, k, end, thread + 3 * count)),
            new(FetchRight(tileColumn, k, end, thread), FetchRight(tileColumn, k, end, thread + count), FetchRight(tileColumn, k, end, thread + 2 * count), FetchRight(tileColumn, k, end, thread + 3 * count)));
    }

    private T FetchLeft(int tileRow, int start, int end, int element)
    {
        var (row, k) = (tileRow + Across(element, TProduct.LeftAlongDepth), start + Along(element, TProduct.LeftAlongDepth));
        return row < _product.Rows && k < end ? _product.Left(row, k) : T.Zero;
    }

    private T FetchRight(int tileColumn, int start, int end, int element)
    {
        var (column, k) = (tileColumn + Across(element, TProduct.RightAlongDepth), start + Along(element, TProduct.RightAlongDepth));
        return column < _product.Columns && k < end ? _product.Right(k, column) : T.Zero;
    }

    private static void Keep(ArrayView<T> left, ArrayView<T> right, int buffer, Row4<T> nextLeft, Row4<T> nextRight, int thread)
    {
        var count = Side * Side;
        Keep(left.SubView(buffer), TProduct.LeftAlongDepth, nextLeft, thread, count);
        Keep(right.SubView(buffer), TProduct.RightAlongDepth, nextRight, thread, count);
    }

    private static void Keep(ArrayView<T> slice, bool alongDepth, Row4<T> next, int thread, int count)
    {
        slice[Place(thread, alongDepth)] = next.S0;
        slice[Place(thread + count, alongDepth)] = next.S1;
        slice[Place(thread + 2 * count, alongDepth)] = next.S2;
        slice[Place(thread + 3 * count, alongDepth)] = next.S3;
    }

    private static int Place(int element, bool alongDepth) => Along(element, alongDepth) * Stride + Across(element, alongDepth);

    // Neighbouring threads fetch what lies side by side in memory.
    private static int Along(int element, bool alongDepth) => alongDepth ? element % SliceDepth : element / Tile;

    private static int Across(int element, bool alongDepth) => alongDepth ? element / SliceDepth : element % Tile;

    private readonly struct Finished(TProduct product) : ITileTarget<T>
    {
        private readonly TProduct _product = product;

        public void Store(int row, int column, T sum)
        {
            if (row < _product.Rows && column < _product.Columns)
                _product.Store(row, column, sum);
        }
    }

    private readonly struct Part(ArrayView<T> partial, int part, int rows, int columns) : ITileTarget<T>
    {
        private readonly ArrayView<T> _partial = partial;
        private readonly int _part = part;
        private readonly int _rows = rows;
        private readonly int _columns = columns;

        public void Store(int row, int column, T sum)
        {
            if (row < _rows && column < _columns)
                _partial[(_part * _rows + row) * _columns + column] = sum;
        }
    }
}

/// <summary>Threads along a side of a square group, a constant for the compiler.</summary>
internal interface IGroupSide
{
    static abstract int Threads { get; }
}

/// <summary>Groups of 64.</summary>
internal readonly struct Side8 : IGroupSide
{
    public static int Threads => 8;
}

/// <summary>Groups of 256.</summary>
internal readonly struct Side16 : IGroupSide
{
    public static int Threads => 16;
}

/// <summary>Adds up the parts of a product whose depth was shared out, in order.</summary>
internal readonly struct PartSumKernel<T, TProduct>(TProduct product, ArrayView<T> partial, int parts) : IKernel
    where T : unmanaged, INumber<T>
    where TProduct : struct, IProduct<T>
{
    private readonly TProduct _product = product;
    private readonly ArrayView<T> _partial = partial;
    private readonly int _parts = parts;

    public void Run()
    {
        var i = Grid.IdxX * Work.Threads + Group.IdxX;
        var size = _product.Rows * _product.Columns;
        if (i >= size)
            return;
        var group = ProductShare.Group(TProduct.Groups);
        var sum = _partial[group * size + i];
        for (var part = 1; part < _parts; part++)
            sum += _partial[(part * TProduct.Groups + group) * size + i];
        var row = i / _product.Columns;
        _product.Store(row, i - row * _product.Columns, sum);
    }
}
