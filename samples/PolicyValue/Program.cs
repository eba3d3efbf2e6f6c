// Tic-tac-toe by one network with two heads: which move is best, and who wins. It learns from some positions, solved by searching all games, and is asked about others.
// The shape is that of Silver et al., "Mastering the game of Go without human knowledge", 2017.
using System.Globalization;
using NetDsl;

// A board is nine letters: x is the one to move, o the other.
string[] lines = ["012", "345", "678", "036", "147", "258", "048", "246"];
string[] turns = ["012345678", "630741852", "876543210", "258147036", "210543876", "852741630", "678345012", "036147258"];
var solved = new Dictionary<string, (int Value, int[] Best)>();
Solve(".........");

// Boards that are alike when turned or mirrored are one, so none of those asked about has its like among those known.
var boards = solved.Keys.GroupBy(board => turns.Select(turn => string.Concat(turn.Select(cell => board[cell - '0']))).Min(StringComparer.Ordinal))
    .OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
new Random(1).Shuffle(boards);
string[] known = [.. boards[..^125].SelectMany(group => group)], asked = [.. boards[^125..].SelectMany(group => group)];

var (network, parameters) = (new PolicyValueNet(), new PolicyValueNet.Parameters(seed: 1));
var trainer = new Trainer<float, float>(network, parameters, new Adam<float>(2e-3));
Console.WriteLine(trainer.Fit(Data(known), new() { Epochs = args is [var epochs] ? int.Parse(epochs, CultureInfo.InvariantCulture) : 30, BatchSize = 64, Seed = 1 }));

var (policy, value) = (new float[asked.Length * 9], new float[asked.Length]);
network.Predict(parameters, Planes(asked), policy, value, new PolicyValueNet.Workspace(asked.Length, training: false));
var best = Share(i => solved[asked[i]].Best.Contains(Free(asked[i]).MaxBy(cell => policy[i * 9 + cell])));
var chance = Enumerable.Range(0, asked.Length).Average(i => solved[asked[i]].Best.Length / (double)Free(asked[i]).Count());
var outcome = Share(i => Math.Round(value[i]) == solved[asked[i]].Value);
var win = Share(i => solved[asked[i]].Value == 1);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{asked.Length} unseen positions: best move {best:F3} (by chance {chance:F3}), outcome {outcome:F3} (always a win {win:F3})"));

double Share(Func<int, bool> isRight) => Enumerable.Range(0, asked.Length).Average(i => isRight(i) ? 1.0 : 0);

// 1, 0 or −1 for the one to move; the other has made the last move.
int Solve(string board)
{
    if (lines.Any(line => line.All(cell => board[cell - '0'] == 'o')))
        return -1;
    if (!board.Contains('.'))
        return 0;
    if (!solved.TryGetValue(board, out var result))
    {
        var moves = Free(board).Select(cell => (cell, value: -Solve(After(board, cell)))).ToList();
        var most = moves.Max(move => move.value);
        solved[board] = result = (most, [.. moves.Where(move => move.value == most).Select(move => move.cell)]);
    }

    return result.Value;
}

static IEnumerable<int> Free(string board) => Enumerable.Range(0, 9).Where(cell => board[cell] == '.');

static string After(string board, int move) => string.Concat(board.Select((mark, cell) => cell == move ? 'o' : mark switch { 'x' => 'o', 'o' => 'x', _ => mark }));

static float[] Planes(string[] boards) => [.. boards.SelectMany(board => "xo".SelectMany(mark => board.Select(cell => cell == mark ? 1f : 0)))];

// All best moves are equally likely.
Dataset<float, float> Data(string[] boards)
{
    var moves = boards.SelectMany(board => Enumerable.Range(0, 9).Select(cell => solved[board].Best.Contains(cell) ? 1f / solved[board].Best.Length : 0)).ToArray();
    var values = boards.Select(board => (float)solved[board].Value).ToArray();
    return new(Planes(boards), SideBySide.Join<float>(boards.Length, moves, values), inputSize: 18, targetSize: 10);
}

[Sum]
[Branch, Conv(nameof(width), 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU, Conv(nameof(width), 3, Padding = Padding.Same, Bias = false), BatchNorm]
[Branch]
[End, ReLU]
public sealed class ResidualAttribute(int width) : BlockAttribute;

// The loss is that paper's, (z − v)² − πᵀ log p: [SquaredError] is half a square.
[Network, Input(2, 3, 3)]
[Conv(64, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU, Residual(64, Repeat = 2)]
public partial class PolicyValueNet
{
    [Conv(8, 1), ReLU, Flatten, Dense(9), SoftmaxCrossEntropy]
    public partial LayerDescription Policy { get; }

    [Conv(4, 1), ReLU, Flatten, Dense(32), ReLU, Dense(1), Tanh, SquaredError(Weight = 2)]
    public partial LayerDescription Value { get; }
}
