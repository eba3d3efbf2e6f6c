namespace NetDsl.Generator.Diagnostics;

/// <summary>All rules. Each has a section in docs/diagnostics.md and a line in AnalyzerReleases.Unshipped.md.</summary>
internal static class Rules
{
    public static readonly Rule NotPartial = new("NETDSL001", "Network class isn't partial",
        "The network class '{0}' isn't partial, so NetDsl can't add its passes: write 'partial class {0}'");

    public static readonly Rule ContainerNotPartial = new("NETDSL002", "Containing type isn't partial",
        "The network class '{0}' is nested in '{1}', which isn't partial: make '{1}' partial or move the network out of it");

    public static readonly Rule Generic = new("NETDSL003", "Network class is generic",
        "'{0}' has type parameters, but a network's element type is chosen by [Network(Precision = …)] and its sizes by its layers: remove the type parameters{1}");

    public static readonly Rule WrongKind = new("NETDSL004", "Network must be an ordinary class",
        "'{0}' is {1}; a network is an ordinary partial class: remove '{2}'");

    public static readonly Rule NoInput = new("NETDSL005", "Network has no input",
        "The network '{0}' has no input: write [Input(…)] with the shape of one sample before its first layer");

    public static readonly Rule LayerBeforeInput = new("NETDSL006", "Layer before the input",
        "[{0}] stands before [Input], but layers run in source order: move [Input(…)] in front of it");

    public static readonly Rule NotPositive = new("NETDSL007", "Size isn't positive",
        "{0} is {1}, but {2} must be at least 1");

    public static readonly Rule Probability = new("NETDSL008", "Probability outside [0, 1)",
        "{0} is {1}, but {2} lies in [0, 1): at 1 nothing would be left");

    public static readonly Rule TwoDeclarations = new("NETDSL009", "Layers on two declarations",
        "[{0}] stands on another declaration of '{1}' than [Network], which leaves the order of the layers open: write all layers on one declaration");

    public static readonly Rule NoLayers = new("NETDSL010", "Network has no layers",
        "The network '{0}' has an input but no layers: write them behind [Input], such as [Dense(10), SoftmaxCrossEntropy]");

    public static readonly Rule LossNotLast = new("NETDSL011", "Loss isn't last",
        "[{0}] is a loss, but [{1}] follows it: a loss ends a stack; a second one stands on a member of its own, a partial property");

    public static readonly Rule SoftmaxTwice = new("NETDSL012", "Softmax before softmax cross-entropy",
        "[SoftmaxCrossEntropy] contains the softmax, so this one would be applied twice: remove [Softmax]; Predict gives probabilities all the same");

    public static readonly Rule DuplicateName = new("NETDSL013", "Name used twice",
        "The name '{0}' is also that of the layer [{1}] before it, and both would be called {2} in the generated code: choose another");

    public static readonly Rule BadName = new("NETDSL014", "Name can't be used",
        "The name '{0}' can't be a layer's: {1}");

    public static readonly Rule ReservedName = new("NETDSL015", "Network's name can't be used",
        "Every network has a member called '{0}', and a class can't have its member's name: call the network something else");

    public static readonly Rule OutOfRange = new("NETDSL016", "Argument out of range",
        "{0} is {1}, but {2}");

    public static readonly Rule NoNetwork = new("NETDSL017", "Layers without [Network]",
        "'{0}' has layers but no [Network], so nothing is generated for it: add [Network]");

    public static readonly Rule UnknownLayer = new("NETDSL018", "Unknown layer",
        "[{0}] derives from LayerAttribute but is none of NetDsl's layers, so there is no code for it: derive from a base for formulas such as ActivationAttribute, or use a layer of NetDsl");

    public static readonly Rule WeightCount = new("NETDSL019", "Number of weights doesn't fit",
        "{0} has {1}, but the loss reads {2}: give {3}");

    public static readonly Rule AxisOutOfRange = new("NETDSL020", "Axis doesn't exist",
        "Axis is {0}, but the input {1} has {2}: use {3} to {4}, the batch left out");

    public static readonly Rule TooLarge = new("NETDSL021", "Tensor too large",
        "{0} would have {1} elements, more than the {2} that fit one array{3}: make it smaller");

    public static readonly Rule NameCollision = new("NETDSL022", "Member name is taken",
        "'{0}' declares a member called '{1}', which NetDsl generates: rename yours");

    public static readonly Rule LossDoesNotFit = new("NETDSL023", "Loss doesn't fit the layer before it",
        "[{0}] reads {1}, but the layer before it is [{2}]: {3}", RuleSeverity.Warning);

    public static readonly Rule OneClass = new("NETDSL024", "Loss over one class",
        "The loss {0} reads a single class, which is always certain: give the layer before it one unit for each class, or use [Dense(1), Sigmoid, BinaryCrossEntropy] for two classes");

    public static readonly Rule UnsupportedExpression = new("NETDSL025", "Expression can't stand in a formula",
        "'{0}' can't stand in a formula: {1}");

    public static readonly Rule RecursiveFormula = new("NETDSL026", "Formula calls itself",
        "'{0}' is called on the way to its own result ({1}), but a formula is one expression: write it without recursion");

    public static readonly Rule FormulaTooLarge = new("NETDSL027", "Formula is too large",
        "The formula '{0}' has more than {1} operations or is nested more than {2} deep, all methods that it calls included: split it over several layers");

    public static readonly Rule NoFormula = new("NETDSL028", "Attribute class has no formula",
        "[{0}] {1}: {2}");

    public static readonly Rule FormulaParameters = new("NETDSL029", "Formula's signature doesn't fit",
        "{0} {1}");

    public static readonly Rule NoArgument = new("NETDSL030", "Parameter has no argument",
        "{0} has a parameter '{1}', but {2}");

    public static readonly Rule DerivativeDoesNotFit = new("NETDSL031", "Derivative doesn't fit its formula",
        "'{0}' can't be a derivative of {1}: {2}");

    public static readonly Rule FormulaNotCompiled = new("NETDSL032", "Formula isn't compiled",
        "The formula of [{0}] can't be read, since '{1}' was compiled without NetDsl's generator or with another version of it: reference the NetDsl package in the project of '{1}' and build it again");

    public static readonly Rule Pieces = new("NETDSL033", "Channels can't be cut into pieces",
        "The layer {0} takes {1} pieces, but the axis has {2} elements (the input is {3}): give the layer before it a multiple of {1}, such as {4}");

    public static readonly Rule NothingToPenalise = new("NETDSL034", "Penalty without weights",
        "[{0}] is a penalty on weights, but no layer of '{1}' has any: put it behind a layer such as [Dense(…)], or remove it");

    public static readonly Rule SpatialAxes = new("NETDSL035", "Input has no axes for a kernel",
        "[{0}] reads (channels, length), (channels, height, width) or (channels, depth, height, width), but its input is {1}: {2}");

    public static readonly Rule AxisCount = new("NETDSL036", "Wrong number of axes",
        "{0} of [{1}] has {2}, but the input {3} has {4} behind its channels: {5}");

    public static readonly Rule KernelTooLarge = new("NETDSL037", "Kernel larger than the padded input",
        "[{0}] reads {1} with a kernel of {2} where the padded input has {3} along {4}: use Padding.Same or a smaller kernel");

    public static readonly Rule Groups = new("NETDSL038", "Groups don't divide the channels",
        "[{0}] has {1} groups, which don't divide {2}: each group takes the same number, so choose a divisor");

    public static readonly Rule LeftOver = new("NETDSL039", "Windows leave something over",
        "[{0}]: {1} input, kernel {2}, stride {3} leaves {4} over: use Padding.Same or Stride = {5}, or write Padding = Padding.Valid if it may be dropped", RuleSeverity.Warning);

    public static readonly Rule EmptyWindow = new("NETDSL040", "Window of padding alone",
        "[{0}] reads {1} with a padding of {2} along {3}, where a window of {4} would hold no element of the input: pad less");

    public static readonly Rule Reshape = new("NETDSL041", "Reshape changes the number of elements",
        "[Reshape] to {0} takes {1}, but its input {2} has {3}: {4}");

    public static readonly Rule SingleValue = new("NETDSL042", "Normalisation over a single value",
        "[{0}] on {1} would normalise each value by itself, which leaves at most its sign: {2}");

    public static readonly Rule BiasWithoutEffect = new("NETDSL043", "Bias without effect",
        "The bias of [{0}] has no effect, since [{1}] behind it takes off the mean of each channel: write Bias = false", RuleSeverity.Warning);

    public static readonly Rule FilterWeights = new("NETDSL044", "Weights don't fill the filters",
        "Weights of [Filter] has {0}, but {1}, which is {2}: give {3}, or another Size");

    public static readonly Rule SwappedLoss = new("NETDSL045", "Target before the prediction",
        "{0} takes '{1}' first, but the first parameter of a loss is the prediction and the second one its target: swap '{1}' and '{2}', or rename them", RuleSeverity.Warning);

    public static readonly Rule BranchOutsideJoin = new("NETDSL050", "Branch outside of a join",
        "[Branch] starts a branch of a join, but none is open here: write [Sum], [Concat] or [Product] before the first of the branches, or remove it");

    public static readonly Rule EndOutsideJoin = new("NETDSL051", "End without a join",
        "[End] closes a join, but none is open here: remove it, or open one with [Sum], [Concat] or [Product]");

    public static readonly Rule JoinNotClosed = new("NETDSL052", "Join isn't closed",
        "[{0}] opens a join that nothing closes: write [End] behind the last layer of its last branch");

    public static readonly Rule TooFewBranches = new("NETDSL053", "Join of fewer than two branches",
        "[{0}] joins {1}, but there must be two at least: {2}");

    public static readonly Rule LayerBeforeBranch = new("NETDSL054", "Layer before the first branch",
        "[{0}] stands between [{1}] and the first [Branch], so it belongs to no branch: move it in front of [{1}], or write [Branch] before it");

    public static readonly Rule OnlyNetworkHas = new("NETDSL055", "Input or loss inside of a branch or block",
        "[{0}] stands in {1}, but {2}: {3}");

    public static readonly Rule JoinShapes = new("NETDSL056", "Branches of different shapes",
        "[{0}] {1} element by element, but {2}: {3}");

    public static readonly Rule ConcatShapes = new("NETDSL057", "Branches that don't fit side by side",
        "[Concat] lays its branches side by side along axis {0}, so all other extents are the same, but {1}: {2}");

    public static readonly Rule ArgumentType = new("NETDSL058", "Argument of the wrong type",
        "{0} is {1}, but {2}: {3}");

    public static readonly Rule UnknownName = new("NETDSL059", "Name of no parameter",
        "'{0}' names no parameter of the block [{1}], whose constructor has {2}");

    public static readonly Rule RecursiveBlock = new("NETDSL060", "Block contains itself",
        "The block [{0}] contains itself ({1}), so it would never end: remove one of these uses, and repeat a block with Repeat");

    public static readonly Rule EmptyBlock = new("NETDSL061", "Block without layers",
        "[{0}] derives from BlockAttribute but has no layers: write them as attributes on this class, or derive from Attribute");

    public static readonly Rule NoEarlierLayer = new("NETDSL062", "Name of no earlier layer",
        "[{0}] names '{1}', but {2} before it is called so; there are {3}: write one of these names, or give a layer that name with Name");

    public static readonly Rule SharedShapes = new("NETDSL063", "Shared weights don't fit",
        "{0} applies {1} to {2}, but {3}: {4}");

    public static readonly Rule MemberKind = new("NETDSL070", "Member isn't a partial property",
        "'{0}' carries layers, but {1}: {2}");

    public static readonly Rule UnknownSource = new("NETDSL071", "Name of no result",
        "[{0}] reads '{1}', but nothing that is read before it is called so; there are {2}: write one of these names, or give a layer that name with Name");

    public static readonly Rule Cycle = new("NETDSL072", "Members read each other in a circle",
        "This closes a circle, so that none of them could be computed first: {0}. Let one of them read something else");

    public static readonly Rule UnusedOutput = new("NETDSL073", "Result that nothing uses",
        "No loss depends on {0}, so '{1}' would never learn: end it in a loss, let another member read it with From, or remove it");

    public static readonly Rule UnusedInput = new("NETDSL074", "Input that nothing reads",
        "Nothing reads the input {0}: name it with From on the first layer of a member or of the network's stack, or remove it");

    public static readonly Rule MissingFrom = new("NETDSL075", "Nothing says which input is read",
        "{0} could read any of the inputs {1}: write From = nameof(…) on {2}");

    public static readonly Rule FromMisplaced = new("NETDSL076", "From on a layer that isn't first",
        "[{0}] says with From what it reads, but it reads the layer or input before it: only the first layer of a member, or of a network's stack without an [Input], says so");

    public static readonly Rule NotCompared = new("NETDSL077", "Loss of embeddings without embeddings to compare",
        "[{0}] compares the results that it names, but {1}: {2}");

    public static readonly Rule InternalError = new("NETDSL999", "The generator failed",
        "NetDsl could not compile '{0}': {1}. This is an error in NetDsl, not in your code; please report it with the network's attributes");
}
