namespace NetDsl;

/// <summary>How many zeros a convolution or pooling adds around its input. What a pooling adds never wins a maximum.</summary>
public enum Padding
{
    /// <summary>None: results for the windows that lie in the input; what is left over behind the last one isn't read.</summary>
    Valid,

    /// <summary>As many as make the result ⌈size / stride⌉ long; the odd one comes after.</summary>
    Same,

    /// <summary>dilation·(kernel − 1) on both sides: results for all windows that touch the input.</summary>
    Full,
}
