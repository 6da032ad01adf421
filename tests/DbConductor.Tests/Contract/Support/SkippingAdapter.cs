using System.Data;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>Turns what a server refuses because of what it is into a skip that says so.</summary>
internal sealed class SkippingAdapter(IDbAdapter inner, string reason) : IDbAdapter
{
    public AdapterInfo Info => inner.Info;

    public Task ConnectAsync(CancellationToken cancel) => inner.ConnectAsync(cancel);

    public Task PingAsync(CancellationToken cancel) => inner.PingAsync(cancel);

    public Task<DateTimeOffset> GetServerTimeAsync(CancellationToken cancel) => inner.GetServerTimeAsync(cancel);

    public Task DropAsync(TableName table, CancellationToken cancel) => inner.DropAsync(table, cancel);

    public Task<IDbTransaction> BeginAsync(IsolationLevel isolation, CancellationToken cancel) => Run(() => inner.BeginAsync(isolation, cancel));

    public Task<RowReader> GetAsync(BatchQuery query, CancellationToken cancel) => inner.GetAsync(query, cancel);

    public Task<long> CountAsync(TableName table, Filter? filter, CancellationToken cancel) => inner.CountAsync(table, filter, cancel);

    public Task<SaveResult> SaveAsync(TableName table, RowReader rows, SaveOptions options, CancellationToken cancel) => Run(() => inner.SaveAsync(table, rows, options, cancel));

    public Task<SavePlan> PlanAsync(TableName table, IReadOnlyList<Column> columns, SaveOptions options, CancellationToken cancel) => inner.PlanAsync(table, columns, options, cancel);

    public Task<long> UpdateAsync(TableName table, Filter? filter, IReadOnlyDictionary<string, object?> set, CancellationToken cancel) => Run(() => inner.UpdateAsync(table, filter, set, cancel));

    public Task<long> UpdateAsync(TableName table, RowReader rows, IReadOnlyList<string> key, CancellationToken cancel) => Run(() => inner.UpdateAsync(table, rows, key, cancel));

    public Task<long> DeleteAsync(TableName table, Filter? filter, CancellationToken cancel) => inner.DeleteAsync(table, filter, cancel);

    public Task<long> DeleteAsync(TableName table, RowReader keys, IReadOnlyList<string> key, CancellationToken cancel) => inner.DeleteAsync(table, keys, key, cancel);

    public Task<IQueryResults> QueryAsync(NativeQuery query, CancellationToken cancel) => inner.QueryAsync(query, cancel);

    public Task<TableSchema?> DescribeAsync(TableName table, CancellationToken cancel) => inner.DescribeAsync(table, cancel);

    public Task CreateAsync(TableName table, TableSchema schema, CancellationToken cancel) => inner.CreateAsync(table, schema, cancel);

    public IAsyncEnumerable<TableName> ListAsync(CancellationToken cancel) => inner.ListAsync(cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> Run<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DbConductorException e) when (e.Kind == DbErrorKind.NotSupported && e.Message.Contains(reason, StringComparison.Ordinal))
        {
            // the same reason is said once, and not with each table's name
            Skip.If(true, e.Message.Replace($"'{e.Target}'", "a collection", StringComparison.Ordinal).Replace(Info.Location, "the server", StringComparison.Ordinal));
            throw;
        }
    }
}
