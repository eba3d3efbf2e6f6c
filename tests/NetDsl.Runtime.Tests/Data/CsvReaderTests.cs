using System.Globalization;
using System.Text;

namespace NetDsl.Tests.Data;

public sealed class CsvReaderTests
{
    [Fact]
    public void A_plain_table_is_read()
    {
        var table = Read("1,2.5,-3e2\n4,+5, .5 \n");
        (table.Rows, table.Columns, table.Header.Count).ShouldBe((2, 3, 0));
        table.Values.ShouldBe([1, 2.5, -300, 4, 5, 0.5]);
        table[1, 2].ShouldBe(0.5);
        table.Lines.ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData("1,2\r\n3,4\r\n")]
    [InlineData("1,2\n3,4")]
    [InlineData("\uFEFF1,2\n\n3,4\n\n\n")]
    [InlineData("\"1\",\"2\"\n3,\"4\"\n")]
    public void Line_ends_quotes_and_blank_lines_are_understood(string text) => Read(text).Values.ShouldBe([1, 2, 3, 4]);

    [Fact]
    public void Header_separator_and_skipped_lines_are_understood()
    {
        var table = Read("# made by hand\n\"a;\"\"b\"; c\n1;2\n", new CsvOptions { Separator = ';', HasHeader = true, SkipLines = 1 });
        table.Header.ShouldBe(["a;\"b", "c"]);
        table.Values.ShouldBe([1, 2]);
        table.Lines.ShouldBe([3]);
        Read("1\t2\n", new CsvOptions { Separator = '\t' }).Columns.ShouldBe(2);
    }

    [Fact]
    public void Gzip_is_found_by_its_magic_bytes()
    {
        using var folder = new TempFolder();
        CsvReader.ReadTable<float>(folder.Write("table.csv", TempFolder.Gzip(Encoding.UTF8.GetBytes("1,2\n")))).Values.ShouldBe([1, 2]);
    }

    [Fact]
    public void Numbers_are_read_alike_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Read("1.5;2\n", new CsvOptions { Separator = ';' }).Values.ShouldBe([1.5, 2]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("1,2\n3,abc\n", "table, line 2, column 2: 'abc' is no number")]
    [InlineData("1,2\n\n3,\n", "table, line 3, column 2: '' is no number")]
    [InlineData("1,2\n3,NaN\n", "table, line 2, column 2: 'NaN' is no finite Double")]
    [InlineData("1,1e999\n", "table, line 1, column 2: '1e999' is no finite Double")]
    [InlineData("1,2\n3\n", "table, line 2: 1 cells; expected 2, as the first row has")]
    [InlineData("1,2\n3,4,5\n", "table, line 2: 3 cells; expected 2")]
    [InlineData("a,b\n1,2\n", "set HasHeader or SkipLines")]
    [InlineData("1,\"2\n3\",4\n", "table, line 1: a quote isn't closed")]
    [InlineData("1,\"2\"x\n", "table, line 1: 'x' follows a closing quote")]
    [InlineData("", "table: holds no row of numbers")]
    [InlineData("\n\n", "table: holds no row of numbers")]
    [InlineData("1,000.5;2\n", "column 2: '000.5;2' is no number")]
    public void Bad_tables_are_told(string text, string message) =>
        Should.Throw<InvalidDataException>(() => Read(text)).Message.ShouldContain(message);

    [Fact]
    public void Bad_tables_with_a_header_are_told()
    {
        var options = new CsvOptions { HasHeader = true };
        Should.Throw<InvalidDataException>(() => Read("a,b\n1,2,3\n", options)).Message.ShouldContain("line 2: 3 cells; expected 2, as the header has");
        Should.Throw<InvalidDataException>(() => Read("a,b\n", options)).Message.ShouldContain("below the header");
        Should.Throw<InvalidDataException>(() => Read("1,2\n", new CsvOptions { SkipLines = 4 })).Message.ShouldContain("after the 4 lines to skip");
    }

    [Fact]
    public void The_label_column_may_stand_anywhere()
    {
        using var folder = new TempFolder();
        var path = folder.Write("labels.csv", "1,0.5,2\n0,1.5,1\n");
        var last = Dataset.FromCsv<float>(path);
        (last.Count, last.InputSize, last.Classes).ShouldBe((2, 2, 3));
        last.Input(0).ToArray().ShouldBe([1, 0.5f]);
        var first = Dataset.FromCsv<float>(path, label: 0, classes: 5);
        first.Input(1).ToArray().ShouldBe([1.5f, 1]);
        (first.Target(0)[0], first.Classes).ShouldBe((1, 5));
    }

    [Fact]
    public void Several_targets_may_be_numbers()
    {
        using var folder = new TempFolder();
        var data = Dataset.FromCsv<double>(folder.Write("targets.csv", "1,2,3\n4,5,6\n"), targets: 0..2);
        (data.InputSize, data.TargetSize).ShouldBe((1, 2));
        data.Input(1).ToArray().ShouldBe([6]);
        data.Target(1).ToArray().ShouldBe([4, 5]);
    }

    [Theory]
    [InlineData("1,0.5\n", "line 1, column 2: 0.5 is no class label")]
    [InlineData("1,0\n1,-1\n", "line 2, column 2: -1 is no class label")]
    [InlineData("1,3\n", "expected a whole number 0..2")]
    [InlineData("1\n", "has 1 columns; columns 1..1 can't be the targets")]
    public void Bad_labels_are_told(string text, string message)
    {
        using var folder = new TempFolder();
        var path = folder.Write("labels.csv", text);
        Should.Throw<InvalidDataException>(() => Dataset.FromCsv<float>(path, classes: 3)).Message.ShouldContain(message);
    }

    [Fact]
    public void Columns_that_arent_there_are_told()
    {
        using var folder = new TempFolder();
        var path = folder.Write("narrow.csv", "1,2\n");
        Should.Throw<InvalidDataException>(() => Dataset.FromCsv<float>(path, label: 5)).Message.ShouldContain("has 2 columns");
        Should.Throw<InvalidDataException>(() => Dataset.FromCsv<float>(path, label: ^5)).Message.ShouldContain("has 2 columns");
        Should.Throw<InvalidDataException>(() => Dataset.FromCsv<float>(path, targets: 0..2)).Message.ShouldContain("one input");
        Should.Throw<FileNotFoundException>(() => Dataset.FromCsv<float>(Path.Combine(folder.Path, "none.csv"))).Message.ShouldContain("none.csv");
    }

    private static CsvTable<double> Read(string text, CsvOptions? options = null) =>
        CsvReader.ReadTable<double>(new MemoryStream(Encoding.UTF8.GetBytes(text)), "table", options);
}
