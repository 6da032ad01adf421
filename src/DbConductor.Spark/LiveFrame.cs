using System.Text.RegularExpressions;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A frame of a driver that runs.</summary>
internal sealed partial class LiveFrame : ISparkFrame
{
    private readonly LiveSession _session;
    private readonly TypedFrame _typed;
    private readonly FrameSource? _own;
    private readonly IReadOnlyList<LiveFrame> _madeOf;
    private bool _isCached;
    private bool _isDisposed;

    /// <param name="session">Its session.</param>
    /// <param name="typed">The frame, its columns by their names.</param>
    /// <param name="description">What it reads, for messages.</param>
    /// <param name="how">What it reads and how that comes to Spark, for people.</param>
    /// <param name="own">What is there for it alone; null for nothing.</param>
    /// <param name="madeOf">The frames that it was made of.</param>
    internal LiveFrame(LiveSession session, TypedFrame typed, string description, string how, FrameSource? own = null, params IReadOnlyList<LiveFrame> madeOf)
    {
        (_session, _typed, Description, How, _own, _madeOf) = (session, typed, description, how, own, madeOf);
        Columns = [.. typed.Columns.Select(c => c.Column)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Column> Columns { get; }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public string How { get; }

    /// <inheritdoc/>
    public string? View { get; init; }

    /// <inheritdoc/>
    public long? RowCount { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <inheritdoc/>
    public bool IsAlive => _session.IsAlive && !IsDisposed;

    private bool IsDisposed => _isDisposed || _own is { IsGone: true } || _madeOf.Any(frame => frame.IsDisposed);

    /// <inheritdoc/>
    public Task<ISparkFrame> SelectAsync(IReadOnlyList<SparkExpression> columns, CancellationToken cancel)
    {
        SparkExpression[] all = [.. columns.SelectMany(c => c is { Text: "*", Name: null } ? Columns.Select(own => new SparkExpression(own.Name)) : [c])];
        return NextAsync("Select", all, () => Known(_typed.Frame.SelectExpr([.. all.Select(Named)]), all), cancel);
    }

    /// <inheritdoc/>
    public Task<ISparkFrame> FilterAsync(string condition, CancellationToken cancel) =>
        NextAsync("Filter", [new(condition)], () => _typed with { Frame = _typed.Frame.Filter(Quoted(condition)) }, cancel);

    /// <inheritdoc/>
    public Task<ISparkFrame> GroupAsync(IReadOnlyList<SparkExpression> keys, IReadOnlyList<SparkExpression> aggregates, CancellationToken cancel)
    {
        SparkExpression[] all = [.. keys, .. aggregates];
        string by = keys.Count == 0 ? "" : $" GROUP BY {string.Join(", ", keys.Select(k => Quoted(k.Text)))}";
        return NextAsync("GroupBy", all, () => Known(Over(name => $"SELECT {string.Join(", ", all.Select(Named))} FROM {name}{by}"), all), cancel);
    }

    /// <inheritdoc/>
    public Task<ISparkFrame> SortAsync(IReadOnlyList<SortKey> keys, CancellationToken cancel)
    {
        string by = string.Join(", ", keys.Select(k => Quoted(k.Column) + (k.Descending ? " DESC" : "")));
        return NextAsync("OrderBy", [.. keys.Select(k => new SparkExpression(k.Column))], () => _typed with { Frame = Over(name => $"SELECT * FROM {name} ORDER BY {by}") }, cancel);
    }

    /// <inheritdoc/>
    public Task<ISparkFrame> DistinctAsync(CancellationToken cancel) => NextAsync("Distinct", [], () => _typed with { Frame = _typed.Frame.Distinct() }, cancel);

    /// <inheritdoc/>
    public Task<ISparkFrame> LimitAsync(int rows, CancellationToken cancel) => NextAsync("Limit", [], () => _typed with { Frame = _typed.Frame.Limit(rows) }, cancel);

    /// <inheritdoc/>
    public async Task<ISparkFrame> JoinAsync(ISparkFrame right, JoinSpec spec, CancellationToken cancel)
    {
        LiveFrame other = (LiveFrame)right;
        (Side l, Side r) = (ToSide(), other.ToSide());
        TypedFrame joined = await RunAsync("Join", () => ByName(JoinPlan.Make(_session.Spark, l, r, spec)), cancel).ConfigureAwait(false);
        return new LiveFrame(_session, joined, $"{Description} joined with {other.Description}", $"{How}; {other.How}", null, this, other);
    }

    /// <inheritdoc/>
    public async Task CacheAsync(CancellationToken cancel)
    {
        _ = await RunAsync("Cache", _typed.Frame.Cache, cancel).ConfigureAwait(false);
        _isCached = true;
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(SparkCall call, CancellationToken cancel) => UseAsync(() => _session.RunAsync(call, _typed.Frame.Count, cancel));

    /// <inheritdoc/>
    public Task<SparkResult> ReadAsync(SparkCall call, CancellationToken cancel) => UseAsync(() => _session.ReadAsync(_typed, call, cancel));

    /// <inheritdoc/>
    public Task<string> ExplainAsync(CancellationToken cancel) => RunAsync("Explain", () => _session.Explain(_typed.Frame), cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_isCached)
        {
            _session.LetGo(_typed.Frame);
        }

        if (View is not null)
        {
            _session.Forget(this);
        }

        _own?.Dispose();
    }

    /// <summary>The frame as a side of a call on its session.</summary>
    /// <exception cref="DbConductorException">It was disposed, or its session has ended.</exception>
    internal Side ToSide()
    {
        RequireAlive();
        return new(_typed.Columns, Carry, View is null ? $"frame of {Description}" : Description);
    }

    /// <summary>A join's frame with its columns' names.</summary>
    internal static TypedFrame ByName(TypedFrame typed) => typed with { Frame = typed.Frame.ToDF([.. typed.Columns.Select(c => c.Column.Name)]) };

    // a frame makes views in the session that it is of, and each query has one of its own
    private DataFrame Carry(SparkSession spark)
    {
        string name = $"dbconductor_{Guid.NewGuid():N}";
        _typed.ByPlace().CreateGlobalTempView(name);
        try
        {
            return spark.Table($"global_temp.{name}");
        }
        finally
        {
            spark.Catalog.DropGlobalTempView(name);
        }
    }

    private void RequireAlive()
    {
        if (IsDisposed)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation, $"The frame of {Description} was disposed, or one that it was made of. Make it again with New-SparkDataFrame.") { Target = "Spark" };
        }

        if (!_session.IsAlive)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation, $"The frame of {Description} was of a Spark session that has ended, and ended with it. Start one with Start-SparkSession, and make the frame again with New-SparkDataFrame.")
            { Target = "Spark" };
        }
    }

    private Task<T> RunAsync<T>(string step, Func<T> work, CancellationToken cancel) => UseAsync(() => _session.RunAsync(new SparkCall(step), work, cancel));

    private async Task<T> UseAsync<T>(Func<Task<T>> use)
    {
        RequireAlive();
        try
        {
            return await use().ConfigureAwait(false);
        }
        finally
        {
            // what it reads must not go because nobody else has it any more
            GC.KeepAlive(this);
        }
    }

    private async Task<ISparkFrame> NextAsync(string step, SparkExpression[] expressions, Func<TypedFrame> make, CancellationToken cancel)
    {
        try
        {
            return new LiveFrame(_session, await RunAsync(step, make, cancel).ConfigureAwait(false), Description, How, null, this);
        }
        catch (DbConductorException error) when (error.Kind is DbErrorKind.Syntax or DbErrorKind.ColumnNotFound or DbErrorKind.InvalidArgument or DbErrorKind.NotFound)
        {
            string said = expressions.Length == 0 ? "" : $"('{string.Join("', '", expressions.Select(e => e.Text))}')";
            throw error.With($"{step}{said} cannot be done: {SqlQuote().Replace(error.Message, "")}", error.InnerException);
        }
    }

    private DataFrame Over(Func<string, string> query) => QueryPlan.Over(_session.Spark, [_typed.Frame], names => query(names[0]));

    /// <summary>What is known of columns that are named as they are stays known: Spark has no type for some of them.</summary>
    private TypedFrame Known(DataFrame frame, SparkExpression[] made)
    {
        TypedFrame typed = TypedFrame.Of(frame);
        return typed.Columns.Count != made.Length ? typed : typed with
        {
            Columns = [.. typed.Columns.Zip(made, (column, expression) => IndexOf(expression.Text) is >= 0 and var i ? _typed.Columns[i] with { Column = Columns[i] with { Name = column.Column.Name } } : column)],
        };
    }

    private string Named(SparkExpression expression)
    {
        string? name = expression.Name ?? (IndexOf(expression.Text) is >= 0 and var i ? Columns[i].Name : null);
        return name is null ? expression.Text : $"{Quoted(expression.Text)} AS {SideColumn.Quote(name)}";
    }

    private string Quoted(string expression) => IndexOf(expression) is >= 0 and var i ? SideColumn.Quote(Columns[i].Name) : expression;

    private int IndexOf(string name) => ColumnNames.IndexOf(Columns, name);

    // Spark quotes what it was given, which is more than the expression
    [GeneratedRegex(@"\s*== SQL ==.*\^\^\^")]
    private static partial Regex SqlQuote();
}
