using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using NetDsl.Kernels.Threading;

namespace NetDsl.Training.Tests;

/// <summary>Samples whose networks have members, run as a user runs them: each ends in a measured line.</summary>
[Collection(nameof(WorkerPool))]
public class SampleTests
{
    [Fact]
    public void One_network_says_the_best_move_and_who_wins()
    {
        var (move, chance, outcome) = Numbers(Run(typeof(global::PolicyValueNet).Assembly, "6"), @"unseen positions: best move (\S+) \(by chance (\S+)\), outcome (\S+) \(always a win 0\.706\)");
        chance.ShouldBeInRange(0.5, 0.6);
        move.ShouldBeGreaterThan(0.9);
        outcome.ShouldBeGreaterThan(0.75);
    }

    [Fact]
    public void Digits_are_read_by_the_nearest_of_ten_examples()
    {
        var (embedded, pixels, _) = Numbers(Run(typeof(global::Siamese).Assembly), @"by the nearest of ten examples: (\S+) \(by pixels (\S+)(\))");
        pixels.ShouldBeLessThan(0.7);
        embedded.ShouldBeGreaterThan(0.97);
    }

    private static string Run(Assembly sample, params string[] arguments)
    {
        var (console, text) = (Console.Out, new StringWriter());
        Console.SetOut(text);
        try
        {
            sample.EntryPoint!.Invoke(null, [arguments]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return text.ToString();
    }

    private static (double First, double Second, double Third) Numbers(string output, string pattern)
    {
        var match = Regex.Match(output.TrimEnd().Split('\n')[^1], pattern);
        match.Success.ShouldBeTrue(output);
        double Number(int group) => double.TryParse(match.Groups[group].Value, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        return (Number(1), Number(2), Number(3));
    }
}
