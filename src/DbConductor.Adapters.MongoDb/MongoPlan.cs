using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>The paths that a write takes, in words that say which guarantee holds, and what it would do, without doing it.</summary>
internal static class MongoPlan
{
    public const string InTransaction = "insertMany in one transaction";
    public const string Removed = "insertMany, several batches in flight; removed again if the call fails";
    public const string EachByItself = "each document by itself, since a standalone server has no transactions";

    /// <summary>The path of a mode.</summary>
    /// <param name="transactions">Whether the rows go in a transaction, the call's or the operator's.</param>
    /// <param name="mode">The mode.</param>
    public static string Path(bool transactions, SaveMode mode) => (mode, transactions) switch
    {
        (SaveMode.Insert, true) => InTransaction,
        (SaveMode.Insert, false) => Removed,
        (SaveMode.Upsert, true) => "updateOne by key in one transaction",
        (SaveMode.Upsert, false) => $"updateOne by key, {EachByItself}",
        (SaveMode.SkipExisting, true) => "updateOne by key that adds only, in one transaction",
        (SaveMode.SkipExisting, false) => "updateOne by key that adds only; removed again if the call fails",
        (_, true) => "deleteMany, then insertMany in one transaction",
        _ => Exchanged,
    };

    /// <summary>How a collection is replaced without a transaction.</summary>
    public const string Exchanged = "insertMany into a second collection, which $out then puts in the place of the first";

    public static async Task<SavePlan> MakeAsync(MongoScope scope, TableName table, IReadOnlyList<Column> input, SaveOptions options, CancellationToken cancel)
    {
        List<string> ddl = [];
        CollectionSchema? found = await CollectionSchema.LoadAsync(scope, table, cancel).ConfigureAwait(false);
        if (found is null)
        {
            if (!options.CreateTable)
            {
                throw DocumentQuery.Missing(scope, table, MongoSave.CreateRemedy);
            }

            TableSchema made = MongoSave.Declare(input, options, fedByCaller: false);
            ddl.AddRange(CollectionCreation.Commands(table, made).Select(c => c.ToJson()));
            ddl = [string.Join("; ", ddl)];
            found = new(table) { Columns = made.Columns, IsDeclared = true, Key = made.Key, UniqueKeys = [made.Key] };
        }

        WriteSchema schema = await WriteSchema.MakeAsync(scope, found, cancel).ConfigureAwait(false);
        TableMapping mapping = TableMapping.Make(table, schema.For(input), input, options.Key);
        List<ColumnPlan> columns = [];
        for (int i = 0; i < input.Count; i++)
        {
            Column target = mapping.Columns[i];
            bool isNew = ColumnNames.IndexOf(found.Columns, target.Name) < 0;
            ColumnPlan plan = ColumnPlan.Of(input[i], target with
            {
                NativeType = target.NativeType ?? BsonNames.Stored(target.Type.Kind) ?? "any",
                Limits = FieldLimits.Of(target.Type.Kind),
            });
            columns.Add(isNew ? plan with { Note = string.Join("; ", new[] { "a field that is not declared: values as they come", plan.Note }.Where(n => n.Length > 0)) } : plan);
        }

        columns.AddRange(mapping.Omitted.Select(c => new ColumnPlan(null, null, c.Name, c.NativeType ?? "any", c.Nullable ? "missing" : "refused: may not be missing")));
        List<string> warnings = options.Mode == SaveMode.Insert && scope.Adapter.HasTransactions
            ? [string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Beyond {MongoSave.TransactionBytes >> 20} MB or {MongoSave.TransactionRows:N0} rows they go by another path: {Removed}.")] : [];
        return new() { Table = table, Path = Path(scope.Session is not null || scope.Adapter.HasTransactions, options.Mode), Mode = options.Mode, Ddl = ddl, Columns = columns, Warnings = warnings };
    }
}
