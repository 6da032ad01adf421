// The quick start (examples/quickstart.ps1) through the core's API: airports are put aside, a day of flights arrives, both are joined, and the result
// is committed to another database as a whole. Exits with 1 where the totals are not the known ones (examples/data/README.md).
using DbConductor;
using QuickStart;

var cancel = CancellationToken.None;
var examples = FindExamples();
var work = Directory.CreateTempSubdirectory("dbconductor-quickstart-").FullName;
try
{
    await using var stage = await Connect("stage");
    await using var warehouse = await Connect("warehouse");

    // source 1, static: CSV is all text, so the columns that are numbers are declared
    var airports = await Save(stage, "airports", Path.Combine("data", "airports.csv"), new()
    {
        Key = ["faa"],
        ColumnTypes = Types(("double", ["lat", "lon"]), ("int", ["alt", "tz"])),
    });
    Console.WriteLine($"put aside: {airports.Rows} airports");

    // source 2, dynamic: it arrives later
    var flights = await Save(stage, "flights", Path.Combine("data", "flights-2013-01-01.csv"), new()
    {
        ColumnTypes = Types(("datetimeoffset", ["time_hour"]), ("int",
            ["year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay", "flight", "air_time", "distance", "hour", "minute"])),
    });
    Console.WriteLine($"arrived:   {flights.Rows} flights of 2013-01-01");

    // both are joined; the result lands in the warehouse as a whole or not at all
    await using (var transaction = await warehouse.BeginAsync(System.Data.IsolationLevel.Unspecified, cancel))
    await using (var results = await stage.QueryAsync(new NativeQuery(await File.ReadAllTextAsync(Path.Combine(examples, "quickstart.sql"), cancel)), cancel))
    await using (var joined = await results.NextAsync(cancel) ?? throw new InvalidOperationException("the join gave no result set"))
    {
        var landed = await transaction.SaveAsync(TableName.Parse("arrivals"), joined, new SaveOptions { CreateTable = true }, cancel);
        await transaction.CommitAsync(cancel);
        Console.WriteLine($"committed: {landed.Rows} joined rows by {landed.Path}");
    }

    Console.WriteLine($"\n{"dest",-5}{"airport",-36}{"flights",8}{"mean_delay",11}{"worst",7}");
    await foreach (var row in Query(warehouse, """
        select dest, airport, count(*) as flights, round(avg(arr_delay), 1) as mean_delay, max(arr_delay) as worst
        from arrivals group by dest, airport order by avg(arr_delay) desc, dest limit 10
        """))
        Console.WriteLine(FormattableString.Invariant($"{row[0],-5}{row[1],-36}{row[2],8}{row[3],11}{row[4],7}"));
    Console.WriteLine();

    // what is known of these files
    var right = Check("joined rows", 816, await warehouse.CountAsync(TableName.Parse("arrivals"), null, cancel));
    await foreach (var row in Query(stage, "select sum(distance) from flights"))
        right &= Check("miles flown", 907196, Convert.ToInt64(row[0], System.Globalization.CultureInfo.InvariantCulture));
    right &= Check("departed", 838, await stage.CountAsync(TableName.Parse("flights"), new NullFilter("dep_time", Negated: true), cancel));
    return right ? 0 : 1;
}
finally
{
    Directory.Delete(work, recursive: true);
}

async Task<IDbAdapter> Connect(string name)
{
    var profile = new AdapterProfile { Name = name, Type = "Sqlite", Database = Path.Combine(work, name + ".db") };
    var adapter = AdapterCatalog.Installed.Find(profile.Type).Create(profile, new AdapterServices());
    await adapter.ConnectAsync(cancel);
    return adapter;
}

async Task<SaveResult> Save(IDbAdapter adapter, string table, string file, SaveOptions options)
{
    await using var rows = CsvRows.Open(Path.Combine(examples, file));
    return await adapter.SaveAsync(TableName.Parse(table), rows, options with { CreateTable = true, NullTexts = new Dictionary<string, IReadOnlyList<string>> { [""] = ["NA"] } }, cancel);
}

async IAsyncEnumerable<object[]> Query(IDbAdapter adapter, string text)
{
    await using var results = await adapter.QueryAsync(new NativeQuery(text), cancel);
    await using var rows = await results.NextAsync(cancel) ?? throw new InvalidOperationException("the query gave no result set");
    var walker = new RowWalker(rows);
    while (await walker.NextAsync(cancel) is var step and not RowStep.End)
    {
        if (step == RowStep.Row)
        {
            var values = new object[rows.FieldCount];
            rows.GetValues(values);
            yield return values;
        }
    }
}

static Dictionary<string, PortableType> Types(params (string Type, string[] Columns)[] types) =>
    types.SelectMany(pair => pair.Columns.Select(column => (column, pair.Type))).ToDictionary(pair => pair.column, pair => PortableType.Parse(pair.Type));

static bool Check(string what, long expected, long found)
{
    Console.WriteLine($"check: {what} {found}, known {expected}: {(found == expected ? "equal" : "DIFFERENT")}");
    return found == expected;
}

static string FindExamples()
{
    var folder = new DirectoryInfo(AppContext.BaseDirectory);
    while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "quickstart.sql")))
        folder = folder.Parent;
    return folder?.FullName ?? throw new InvalidOperationException("quickstart.sql is in no folder above the program");
}
