namespace NetDsl.Kernels;

/// <summary>How a matrix product reads an operand.</summary>
public enum Transpose
{
    /// <summary>As it is stored.</summary>
    No,

    /// <summary>Rows and columns exchanged.</summary>
    Yes,
}
