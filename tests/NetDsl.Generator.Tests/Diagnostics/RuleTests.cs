using NetDsl.Generator.Emission;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

/// <summary>Each rule with the text that it underlines and the message that it gives.</summary>
public class RuleTests
{
    private static readonly (Rule Rule, string Source, string Message)[] Cases =
    [
        (Rules.NotPartial, "[Network, Input(2)] [Dense(1), SquaredError] public class {|Net|};",
            "The network class 'Net' isn't partial, so NetDsl can't add its passes: write 'partial class Net'"),
        (Rules.ContainerNotPartial, "public class Outer { [Network, Input(2)] [Dense(1), SquaredError] public partial class {|Net|}; }",
            "The network class 'Net' is nested in 'Outer', which isn't partial: make 'Outer' partial or move the network out of it"),
        (Rules.Generic, "[Network, Input(2)] [Dense(1), SquaredError] public partial class {|Net|}<T>;",
            "'Net' has type parameters, but a network's element type is chosen by [Network(Precision = …)] and its sizes by its layers: remove the type parameters"),
        (Rules.Generic, "public partial class Outer<T> { [Network, Input(2)] [Dense(1), SquaredError] public partial class {|Net|}; }",
            "'Outer' has type parameters, but a network's element type is chosen by [Network(Precision = …)] and its sizes by its layers: remove the type parameters or move 'Net' out of it"),
        (Rules.WrongKind, "[Network, Input(2)] [Dense(1), SquaredError] public static partial class {|Net|};",
            "'Net' is static; a network is an ordinary partial class: remove 'static'"),
        (Rules.WrongKind, "[Network, Input(2)] [Dense(1), SquaredError] public abstract partial class {|Net|};",
            "'Net' is abstract; a network is an ordinary partial class: remove 'abstract'"),
        (Rules.WrongKind, "[Network, Input(2)] [Dense(1), SquaredError] public partial record {|Net|};",
            "'Net' is a record; a network is an ordinary partial class: remove 'record'"),
        (Rules.WrongKind, "[Network, Input(2)] [Dense(1), SquaredError] file partial class {|Net|};",
            "'Net' is local to its file, where generated code can't reach it; a network is an ordinary partial class: remove 'file'"),
        (Rules.WrongKind, "file partial class Outer { [Network, Input(2)] [Dense(1), SquaredError] public partial class {|Net|}; }",
            "'Outer' is local to its file, where generated code can't reach it; a network is an ordinary partial class: remove 'file'"),
        (Rules.NoInput, "[Network] [Dense(1), SquaredError] public partial class {|Net|};",
            "The network 'Net' has no input: write [Input(…)] with the shape of one sample before its first layer"),
        (Rules.LayerBeforeInput, "[Network] [{|Dense(1)|}, Input(2), SquaredError] public partial class Net;",
            "[Dense] stands before [Input], but layers run in source order: move [Input(…)] in front of it"),
        (Rules.NotPositive, "[Network, Input(2)] [Dense({|0|}), SquaredError] public partial class Net;",
            "Units of [Dense] is 0, but the number of units must be at least 1"),
        (Rules.NotPositive, "[Network, Input(2)] [Dense(units: {|-3|}), SquaredError] public partial class Net;",
            "Units of [Dense] is -3, but the number of units must be at least 1"),
        (Rules.NotPositive, "[Network, Input(3, {|0|}, 2)] [Dense(1), SquaredError] public partial class Net;",
            "Extent 2 of [Input] is 0, but an extent of the input must be at least 1"),
        (Rules.NotPositive, "[Network, {|Input|}] [Dense(1), SquaredError] public partial class Net;",
            "The number of extents of [Input] is 0, but the number of axes of a sample must be at least 1"),
        (Rules.Probability, "[Network, Input(2)] [Dense(1), Dropout({|1.0|}), SquaredError] public partial class Net;",
            "Rate of [Dropout] is 1, but the probability of dropping an element lies in [0, 1): at 1 nothing would be left"),
        (Rules.Probability, "[Network, Input(2)] [Dense(3), SoftmaxCrossEntropy(LabelSmoothing = {|-0.1|})] public partial class Net;",
            "LabelSmoothing of [SoftmaxCrossEntropy] is -0.1, but the share of label smoothing lies in [0, 1): at 1 nothing would be left"),
        (Rules.TwoDeclarations, "[Network, Input(2)] [Dense(1), SquaredError] public partial class Net; [{|ReLU|}] public partial class Net;",
            "[ReLU] stands on another declaration of 'Net' than [Network], which leaves the order of the layers open: write all layers on one declaration"),
        (Rules.NoLoss, "[Network, Input(2)] [{|Dense(1)|}] public partial class Net;",
            "The network 'Net' has no loss, so it can't be trained: end its layers with one such as [SoftmaxCrossEntropy] or [MeanSquaredError]"),
        (Rules.NoLoss, "[Network, Input(2)] public partial class {|Net|};",
            "The network 'Net' has no loss, so it can't be trained: end its layers with one such as [SoftmaxCrossEntropy] or [MeanSquaredError]"),
        (Rules.LossNotLast, "[Network, Input(2)] [Dense(1), {|SquaredError|}, ReLU] public partial class Net;",
            "[SquaredError] is a loss, but [ReLU] follows it: the loss is the last of a network's attributes, and there is one"),
        (Rules.LossNotLast, "[Network, Input(2)] [Dense(1), {|SquaredError|}, Hinge] public partial class Net;",
            "[SquaredError] is a loss, but [Hinge] follows it: the loss is the last of a network's attributes, and there is one"),
        (Rules.SoftmaxTwice, "[Network, Input(2)] [Dense(3), {|Softmax|}, SoftmaxCrossEntropy] public partial class Net;",
            "[SoftmaxCrossEntropy] contains the softmax, so this one would be applied twice: remove [Softmax]; Predict gives probabilities all the same"),
        (Rules.DuplicateName, "[Network, Input(2)] [Dense(3, Name = \"hidden\"), Dense(1, Name = {|\"Hidden\"|}), SquaredError] public partial class Net;",
            "The name 'Hidden' is also that of the layer [Dense] before it, and both would be called Hidden in the generated code: choose another"),
        (Rules.BadName, "[Network, Input(2)] [Dense(1, Name = {|\"2nd\"|}), SquaredError] public partial class Net;",
            "The name '2nd' can't be a layer's: it becomes an identifier, so it starts with a letter and holds letters, digits and underscores only"),
        (Rules.BadName, "[Network, Input(2)] [Dense(1, Name = {|\"\"|}), SquaredError] public partial class Net;",
            "The name '' can't be a layer's: it becomes an identifier, so it starts with a letter and holds letters, digits and underscores only"),
        (Rules.BadName, "[Network, Input(2)] [Dense(1, Name = {|\"values\"|}), SquaredError] public partial class Net;",
            "The name 'values' can't be a layer's: the generated classes have a member 'Values' already, so choose another"),
        (Rules.BadName, "[Network, Input(2)] [Dense(1, Name = {|\"headMask\"|}), SquaredError] public partial class Net;",
            "The name 'headMask' can't be a layer's: members that NetDsl generates end in 'Mask', so choose another"),
        (Rules.ReservedName, "[Network, Input(2)] [Dense(1), SquaredError] public partial class {|Forward|};",
            "Every network has a member called 'Forward', and a class can't have its member's name: call the network something else"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1), LeakyReLU({|-0.5|}), SquaredError] public partial class Net;",
            "Slope of [LeakyReLU] is -0.5, but it must be a finite number at least 0"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1), ELU({|0|}), SquaredError] public partial class Net;",
            "Alpha of [ELU] is 0, but it must be a finite number above 0"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1), Softplus({|double.NaN|}), SquaredError] public partial class Net;",
            "Beta of [Softplus] is NaN, but it must be a finite number above 0"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1), Huber({|double.PositiveInfinity|})] public partial class Net;",
            "Delta of [Huber] is Infinity, but it must be a finite number above 0"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1), Hinge({|-1|})] public partial class Net;",
            "Margin of [Hinge] is -1, but it must be a finite number above 0"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1), SquaredError(Reduction = {|(Reduction)7|})] public partial class Net;",
            "Reduction of [SquaredError] is 7, but it must be a member of the enum"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1, WeightsValue = {|double.NaN|}), SquaredError] public partial class Net;",
            "WeightsValue of [Dense] is NaN, but the initialiser's value must be finite"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(1, Weights = Initialization.Normal, WeightsValue = {|-1|}), SquaredError] public partial class Net;",
            "WeightsValue of [Dense] is -1, but the spread of the weights must be at least 0"),
        (Rules.OutOfRange, "[Network, Input(2)] [Dense(2), SoftmaxCrossEntropy(ClassWeights = {|new double[] { 1, -2 }|})] public partial class Net;",
            "A number of ClassWeights of [SoftmaxCrossEntropy] is -2, but each factor must be at least 0 and fit a float"),
        (Rules.NoNetwork, "[{|Input(2)|}] [Dense(1), SquaredError] public partial class Net;",
            "'Net' has layers but no [Network], so nothing is generated for it: add [Network]"),
        (Rules.UnknownLayer, "public sealed class MineAttribute : LayerAttribute; [Network, Input(2)] [{|Mine|}, Dense(1), SquaredError] public partial class Net;",
            "[Mine] derives from LayerAttribute but is none of NetDsl's layers, so there is no code for it: derive from a base for formulas such as ActivationAttribute, or use a layer of NetDsl"),
        (Rules.UnknownLayer, "public sealed class MineAttribute(char c, object[] any) : LayerAttribute; [Network, Input(2)] [{|Mine('a', new object[] { new[] { 1 } })|}, Dense(1), SquaredError] public partial class Net;",
            "[Mine] derives from LayerAttribute but is none of NetDsl's layers, so there is no code for it: derive from a base for formulas such as ActivationAttribute, or use a layer of NetDsl"),
        (Rules.WeightCount, "[Network, Input(2)] [Dense(3), SoftmaxCrossEntropy(ClassWeights = {|new double[] { 1, 2 }|})] public partial class Net;",
            "ClassWeights has 2 numbers, but the loss reads 3 classes: give one for each class"),
        (Rules.WeightCount, "[Network, Input(2)] [Dense(3), Sigmoid, BinaryCrossEntropy(PositiveWeights = {|new double[] { 1, 2 }|})] public partial class Net;",
            "PositiveWeights has 2 numbers, but the loss reads 3 outputs: give one for each of the 3 outputs, or one for all"),
        (Rules.AxisOutOfRange, "[Network, Input(4, 3)] [Softmax(Axis = {|2|}), SquaredError] public partial class Net;",
            "Axis is 2, but the input 4×3 has 2 axes: use -2 to 1, the batch left out"),
        (Rules.TooLarge, "[Network, Input(100000)] [{|Dense(30000)|}, SquaredError] public partial class Net;",
            "The parameter of dense1 (30000×100000) would have over 2,147,000,000 elements, more than the 2,147,000,000 that fit one array: make it smaller"),
        (Rules.TooLarge, "[Network, Input(1)] [Dense(70000000), {|Tanh|}, Dense(1), SquaredError] public partial class Net;",
            "All values of a sample up to tanh1 would have 140,000,001 elements, more than the 134,187,500 that fit one array for each of the 16 samples that a workspace holds at least: make it smaller"),
        (Rules.NameCollision, "[Network, Input(2)] [Dense(1), SquaredError] public partial class {|Net|} { public int Gradients; }",
            "'Net' declares a member called 'Gradients', which NetDsl generates: rename yours"),
        (Rules.NameCollision, "[Network, Input(2)] [Dense(1), SquaredError] public partial class {|Net|} { public int Predict => 1; }",
            "'Net' declares a member called 'Predict', which NetDsl generates: rename yours"),
        (Rules.LossDoesNotFit, "[Network, Input(2)] [Dense(3), ReLU, {|SoftmaxCrossEntropy|}] public partial class Net;",
            "[SoftmaxCrossEntropy] reads scores of any size and sign, but the layer before it is [ReLU]: remove it, since the loss contains the softmax"),
        (Rules.LossDoesNotFit, "[Network, Input(2)] [Dense(3), {|NegativeLogLikelihood|}] public partial class Net;",
            "[NegativeLogLikelihood] reads predictions in (−∞, 0], but the layer before it is [Dense]: put [LogSoftmax] between them, or use [SoftmaxCrossEntropy] on the scores, which contains softmax and logarithm"),
        (Rules.OneClass, "[Network, Input(2)] [Dense(1), {|SoftmaxCrossEntropy|}] public partial class Net;",
            "The loss softmax_cross_entropy reads a single class, which is always certain: give the layer before it one unit for each class, or use [Dense(1), Sigmoid, BinaryCrossEntropy] for two classes"),
        (Rules.NoNetwork, "[{|Dense(3)|}, SoftmaxCrossEntropy] public partial class Net;",
            "'Net' has layers but no [Network], so nothing is generated for it: add [Network]"),
        (Rules.LossDoesNotFit, "[Network, Input(2)] [Dense(1), {|BinaryCrossEntropy|}] public partial class Net;",
            "[BinaryCrossEntropy] reads predictions in [0, 1], but the layer before it is [Dense]: put [Sigmoid] between them"),
        (Rules.LossDoesNotFit, "[Network, Input(2)] [Dense(2), Tanh, {|MineLoss|}] public partial class Net; public sealed class MineLossAttribute : ElementwiseLossAttribute { public static double Value([System.ComponentModel.DataAnnotations.Range(2, 5)] double prediction, double target) => prediction - target; }",
            "[MineLoss] reads predictions in [2, 5], but the layer before it is [Tanh]: put a layer between them whose values lie there"),
        (Rules.NoArgument, "public sealed class MineAttribute : ActivationAttribute { public double K { get; set; } = System.Math.Sqrt(2); public static double Value(double x, double {|k|}) => k * x; }",
            "Mine.Value has a parameter 'k', but the initialiser of the property isn't a constant, so its value isn't known while compiling (it has K): add a constructor parameter or a property called 'k', or give the parameter a default"),
        (Rules.NoNetwork, "[Sigmoid, {|Dense(3)|}, MeanSquaredError] public partial class Net;",
            "'Net' has layers but no [Network], so nothing is generated for it: add [Network]"),
        (Rules.DerivativeDoesNotFit, "public sealed class MineAttribute(double slope = 1) : ActivationAttribute { public static double Value(double x, double slope) => slope * x; [Derivative(\"slope\")] public static double {|Slope|}(double x) => x; }",
            "'Slope' can't be a derivative of Mine.Value: 'slope' is an argument of the attribute, which nobody learns"),
        (Rules.OutOfRange, "[Network, Input(4)] [Mine(W = {|new[] { 1.0, 2 }|}), SquaredError] public partial class Net; public sealed class MineAttribute : ActivationAttribute { public double[]? W { get; set; } public static double Value(double x, double w = 1) => w * x; }",
            "W of [Mine] is an array, but it must be one number: only a loss of single elements takes one for each output"),
        (Rules.DerivativeDoesNotFit, "public sealed class MineAttribute : GateAttribute { public static double Value(double a, double b) => a * b; [Derivative] public static double {|Slope|}(double b) => b; }",
            "'Slope' can't be a derivative of Mine.Value: NetDsl finds those of gates and of losses of sums itself: remove [Derivative]"),
        (Rules.DerivativeDoesNotFit, "public sealed class MineAttribute : ElementwiseLossAttribute { public static double Value(double p, double t) => p * t; [Derivative(\"t\")] public static double {|Slope|}(double p) => p; }",
            "'Slope' can't be a derivative of Mine.Value: a loss needs the derivative by its prediction 'p' alone"),
        (Rules.Pieces, "[Network, Input(7)] [{|GLU|}, SquaredError] public partial class Net;",
            "The layer glu takes 2 pieces, but the axis has 7 elements (the input is 7): give the layer before it a multiple of 2, such as 8"),
        (Rules.Pieces, "[Network, Input(4, 7)] [Maxout({|3|}), SquaredError] public partial class Net;",
            "The layer maxout takes 3 pieces, but the axis has 4 elements (the input is 4×7): give the layer before it a multiple of 3, such as 6"),
        (Rules.SpatialAxes, "[Network, Input(7)] [{|Conv(2, 3)|}, SquaredError] public partial class Net;",
            "[Conv] reads (channels, length), (channels, height, width) or (channels, depth, height, width), but its input is 7: put [Reshape(…)] before it"),
        (Rules.SpatialAxes, "[Network, Input(7)] [{|MaxPool(2)|}, SquaredError] public partial class Net;",
            "[MaxPool] reads (channels, length), (channels, height, width) or (channels, depth, height, width), but its input is 7: put [Reshape(…)] before it"),
        (Rules.AxisCount, "[Network, Input(3, 7, 7)] [Conv(2, 3, Stride = {|new[] { 1, 2, 1 }|}), SquaredError] public partial class Net;",
            "Stride of [Conv] has 3 numbers, but the input 3×7×7 has 2 axes behind its channels: give one for all axes, or 2"),
        (Rules.AxisCount, "[Network, Input(3, 7)] [MaxPool(3, Pads = {|new[] { 1, 2, 1 }|}), SquaredError] public partial class Net;",
            "Pads of [MaxPool] has 3 numbers, but the input 3×7 has 1 axis behind its channels: give one for all axes, or 2 for before and after each"),
        (Rules.KernelTooLarge, "[Network, Input(3, 7, 5)] [{|Conv(2, 3, Dilation = 3, Pads = new[] { 0, 0, 0, 1 })|}, SquaredError] public partial class Net;",
            "[Conv] reads 3×7×5 with a kernel of 3 and dilation 3, which covers 7, where the padded input has 6 along the width: use Padding.Same or a smaller kernel"),
        (Rules.KernelTooLarge, "[Network, Input(3, 1, 7, 5)] [{|MaxPool(2)|}, SquaredError] public partial class Net;",
            "[MaxPool] reads 3×1×7×5 with a kernel of 2 where the padded input has 1 along the depth: use Padding.Same or a smaller kernel"),
        (Rules.Groups, "[Network, Input(4, 7)] [Conv(6, 3, Groups = {|3|}), SquaredError] public partial class Net;",
            "[Conv] has 3 groups, which don't divide the 4 channels of its input 4×7: each group takes the same number of both, so choose a divisor"),
        (Rules.Groups, "[Network, Input(4, 7)] [Conv(6, 3, Groups = {|4|}), SquaredError] public partial class Net;",
            "[Conv] has 4 groups, which don't divide its 6 filters: each group takes the same number of both, so choose a divisor"),
        (Rules.LeftOver, "[Network, Input(1, 7, 7)] [{|Conv(2, 1, 5, Stride = new[] { 1, 3 })|}, SquaredError] public partial class Net;",
            "[Conv]: 7×7 input, kernel 5, stride 3 leaves 2 columns over: use Padding.Same or Stride = 2, or write Padding = Padding.Valid if it may be dropped"),
        (Rules.LeftOver, "[Network, Input(1, 7)] [{|MaxPool(2)|}, SquaredError] public partial class Net;",
            "[MaxPool]: 7 input, kernel 2, stride 2 leaves 1 element over: use Padding.Same or Stride = 1, or write Padding = Padding.Valid if it may be dropped"),
        (Rules.EmptyWindow, "[Network, Input(1, 4, 4)] [{|MaxPool(2, Pads = new[] { 0, 0, 2, 0 })|}, SquaredError] public partial class Net;",
            "[MaxPool] reads 1×4×4 with a padding of 2 before and 0 after along the width, where a window of 2 would hold no element of the input: pad less"),
        (Rules.Reshape, "[Network, Input(784)] [{|Reshape(1, 28, 27)|}, SquaredError] public partial class Net;",
            "[Reshape] to 1×28×27 takes 756 elements, but its input 784 has 784: choose extents with that product, or write −1 for one of them"),
        (Rules.Reshape, "[Network, Input(784)] [{|Reshape(3, -1)|}, SquaredError] public partial class Net;",
            "[Reshape] to 3×… takes a multiple of 3 elements, but its input 784 has 784: choose extents whose product divides that"),
        (Rules.OutOfRange, "[Network, Input(6)] [{|Reshape(-1, -1)|}, SquaredError] public partial class Net;",
            "Shape of [Reshape] is -1×-1, but its extents must be at least 1, save for one −1 that takes what the others leave"),
        (Rules.OutOfRange, "[Network, Input(2, 6)] [TransposedConv(2, 3, Stride = 2, OutputPadding = {|2|}), SquaredError] public partial class Net;",
            "OutputPadding of [TransposedConv] is 2, but it must be below the stride, 2: what lies further out is reached by no element of the input"),
        (Rules.OutOfRange, "[Network, Input(2, 2, 6)] [TransposedConv(2, 3, Crop = {|2|}), SquaredError] public partial class Net;",
            "Crop of [TransposedConv] is 2, but of 2×2×6 it leaves no result along the height, which has 4 before the cut"),
        (Rules.SpatialAxes, "[Network, Input(1, 2, 3, 4, 5)] [{|GlobalMaxPool|}, SquaredError] public partial class Net;",
            "[GlobalMaxPool] reads (channels, length), (channels, height, width) or (channels, depth, height, width), but its input is 1×2×3×4×5: put [Flatten] or [Reshape(…)] before it"),
        (Rules.AxisCount, "[Network, Input(1, 2, 3)] [{|Upsample(2, 3, 4)|}, SquaredError] public partial class Net;",
            "Factor of [Upsample] has 3 numbers, but the input 1×2×3 has 2 axes behind its channels: give one for all axes, or 2"),
        (Rules.ArgumentType, "[Network, Input(1, 4, 4)] [Conv(2, 3, Stride = {|\"two\"|}), SquaredError] public partial class Net;",
            "Stride of [Conv] is the text \"two\", but the step is a whole number: write one; only within a block may a name stand for it, that of a parameter of the block's constructor"),
        (Rules.OutOfRange, "[Network, Input(1, 4, 4)] [Conv(2, 3, {|0|}), SquaredError] public partial class Net;",
            "Kernel of [Conv] is 0, but an extent of the kernel must be a whole number of at least 1"),
        (Rules.OutOfRange, "[Network, Input(1, 4, 4)] [Conv(2, 3, Dilation = {|1.5|}), SquaredError] public partial class Net;",
            "Dilation of [Conv] is 1.5, but the distance must be a whole number of at least 1"),
        (Rules.OutOfRange, "[Network, Input(1, 4, 4)] [Conv(2, 3, Padding = Padding.Same, Pads = {|1|}), SquaredError] public partial class Net;",
            "Pads of [Conv] is 1, but Padding is set too: leave one of them out"),
        (Rules.NothingToPenalise, "[Network, Input(7)] [Tanh, {|L2(0.1)|}, SquaredError] public partial class Net;",
            "[L2] is a penalty on weights, but no layer of 'Net' has any: put it behind a layer such as [Dense(…)], or remove it"),
        (Rules.AxisOutOfRange, "[Network, Input(4)] [PReLU(PerChannel = true, ChannelAxis = {|1|}), SquaredError] public partial class Net;",
            "Axis is 1, but the input 4 has 1 axis: use -1 to 0, the batch left out"),
        (Rules.AxisOutOfRange, "[Network, Input(4)] [GLU(Axis = {|-2|}), SquaredError] public partial class Net;",
            "Axis is -2, but the input 4 has 1 axis: use -1 to 0, the batch left out"),
        (Rules.BranchOutsideJoin, "[Network, Input(2)] [Dense(1), {|Branch|}, SquaredError] public partial class Net;",
            "[Branch] starts a branch of a join, but none is open here: write [Sum], [Concat] or [Product] before the first of the branches, or remove it"),
        (Rules.EndOutsideJoin, "[Network, Input(2)] [Sum, Branch, Branch, Dense(2), End] [{|End|}, SquaredError] public partial class Net;",
            "[End] closes a join, but none is open here: remove it, or open one with [Sum], [Concat] or [Product]"),
        (Rules.JoinNotClosed, "[Network, Input(2)] [{|Concat(Axis = 0)|}, Branch, Dense(3), Branch, SquaredError] public partial class Net;",
            "[Concat] opens a join that nothing closes: write [End] behind the last layer of its last branch"),
        (Rules.JoinNotClosed, "[Network, Input(2)] [{|Sum|}, Branch, Product, Branch, Dense(2), Branch, End, Branch] [Dense(2), SquaredError] public partial class Net;",
            "[Sum] opens a join that nothing closes: write [End] behind the last layer of its last branch"),
        (Rules.TooFewBranches, "[Network, Input(2)] [{|Sum|}, End, SquaredError] public partial class Net;",
            "[Sum] joins no branches, but there must be two at least: start each with [Branch]; one without layers is the identity"),
        (Rules.TooFewBranches, "[Network, Input(2)] [{|Product|}, Branch, Dense(2), End, SquaredError] public partial class Net;",
            "[Product] joins a single branch, but there must be two at least: start each with [Branch]; one without layers is the identity"),
        (Rules.LayerBeforeBranch, "[Network, Input(2)] [Sum, {|Dense(2)|}, Branch, Branch, Dense(2), End, SquaredError] public partial class Net;",
            "[Dense] stands between [Sum] and the first [Branch], so it belongs to no branch: move it in front of [Sum], or write [Branch] before it"),
        (Rules.LayerBeforeBranch, "[Network, Input(2)] [Sum, {|Concat|}, Branch, Branch, End, Branch, Branch, Dense(2), End, SquaredError] public partial class Net;",
            "[Concat] stands between [Sum] and the first [Branch], so it belongs to no branch: move it in front of [Sum], or write [Branch] before it"),
        (Rules.OnlyNetworkHas, "[Network, Input(2)] [Sum, Branch, Dense(2), {|SquaredError|}, Branch, End] public partial class Net;",
            "[SquaredError] stands in a branch of [Sum], but a network has one loss, behind all of its layers: move it behind [End]"),
        (Rules.JoinShapes, "[Network, Input(3)] [{|Sum|}, Branch, Branch, Dense(3), Branch, Dense(4), End, SquaredError] public partial class Net;",
            "[Sum] adds its branches element by element, but branch 1 gives 3 and branch 3 gives 4: end both in layers of the same width"),
        (Rules.JoinShapes, "[Network, Input(3, 8, 8)] [{|Sum|}, Branch, Conv(16, 3, Padding = Padding.Same), Branch, End, SquaredError] public partial class Net;",
            "[Sum] adds its branches element by element, but branch 1 gives 16×8×8 and branch 2 gives 3×8×8: end both in the same number of channels, or let branch 2 be [Projection(16)]"),
        (Rules.JoinShapes, "[Network, Input(16, 9, 9)] [{|Sum|}, Branch, Conv(32, 3, Stride = 2, Padding = Padding.Same), Branch, End, SquaredError] public partial class Net;",
            "[Sum] adds its branches element by element, but branch 1 gives 32×5×5 and branch 2 gives 16×9×9: use the same strides in both, or let branch 2 be [Projection(32, Stride = 2)]"),
        (Rules.JoinShapes, "[Network, Input(3, 8, 8)] [{|Product|}, Branch, Conv(3, 3), Branch, End, SquaredError] public partial class Net;",
            "[Product] multiplies its branches element by element, but branch 1 gives 3×6×6 and branch 2 gives 3×8×8: use Padding = Padding.Same and the same strides in both"),
        (Rules.JoinShapes, "[Network, Input(3, 8)] [{|Sum|}, Branch, Flatten, Branch, End, SquaredError] public partial class Net;",
            "[Sum] adds its branches element by element, but branch 1 gives 24 and branch 2 gives 3×8: give the branches the same axes, say with [Flatten] or [Reshape(…)]"),
        (Rules.ConcatShapes, "[Network, Input(3, 8, 8)] [{|Concat|}, Branch, Conv(4, 3), Branch, End, SquaredError] public partial class Net;",
            "[Concat] lays its branches side by side along axis 0, so all other extents are the same, but branch 1 gives 4×6×6 and branch 2 gives 3×8×8: use Padding = Padding.Same and the same strides in all of them"),
        (Rules.ConcatShapes, "[Network, Input(3, 8)] [{|Concat(Axis = 1)|}, Branch, Flatten, Reshape(1, 24), Branch, End, SquaredError] public partial class Net;",
            "[Concat] lays its branches side by side along axis 1, so all other extents are the same, but branch 1 gives 1×24 and branch 2 gives 3×8: use Padding = Padding.Same and the same strides in all of them"),
        (Rules.AxisOutOfRange, "[Network, Input(3, 8)] [Concat(Axis = {|2|}), Branch, Branch, End, SquaredError] public partial class Net;",
            "Axis is 2, but the input 3×8 has 2 axes: use -2 to 1, the batch left out"),
        (Rules.NoNetwork, "[{|Branch|}, Dense(3), End] public partial class Net;",
            "'Net' has layers but no [Network], so nothing is generated for it: add [Network]"),
    ];

    // Nobody can write a network that makes the generator fail.
    private static readonly Rule[] Unreachable = [Rules.InternalError];

    public static TheoryData<int, string> All
    {
        get
        {
            var all = new TheoryData<int, string>();
            for (var i = 0; i < Cases.Length; i++)
                all.Add(i, $"{Cases[i].Rule.Id} {Cases[i].Rule.Title}");
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_rule_underlines_what_breaks_it(int index, string _)
    {
        var (rule, source, message) = Cases[index];
        var (code, start, length) = MarkedSource.Parse("using NetDsl;\n" + source);
        var generation = Compiler.Run(code);

        var report = generation.Reports.ShouldHaveSingleItem();
        report.Id.ShouldBe(rule.Id);
        report.GetMessage().ShouldBe(message);
        code.Substring(report.Location.SourceSpan.Start, report.Location.SourceSpan.Length).ShouldBe(code.Substring(start, length));
        report.Location.SourceSpan.Start.ShouldBe(start);
        generation.Files.Keys.Count(name => name != FormulaExport.HintName).ShouldBe(rule.Severity == RuleSeverity.Error ? 0 : 2);
    }

    [Fact]
    public void Every_rule_has_a_test() =>
        Cases.Select(test => test.Rule).Concat(FormulaRuleTests.Tested).Append(Rules.FormulaNotCompiled).Concat(Unreachable).Select(rule => rule.Id).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(RuleSources.Rules.Select(rule => rule.Id));

    [Fact]
    public void All_layers_with_errors_are_reported_at_once()
    {
        var generation = Compiler.Run("using NetDsl; [Network, Input(0)] [Dense(0), Dropout(2), ELU(-1), SquaredError] public partial class Net;");
        generation.Reports.Select(report => report.Id).Order().ShouldBe(["NETDSL007", "NETDSL007", "NETDSL008", "NETDSL016"]);
    }
}
