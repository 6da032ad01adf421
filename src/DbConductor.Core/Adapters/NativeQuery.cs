namespace DbConductor;

/// <summary>A query in the database's own language.</summary>
/// <param name="Text">The text; parameters stand in it as <c>@name</c>.</param>
public sealed record NativeQuery(string Text)
{
    /// <summary>Values to bind, by name without the marker.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = new Dictionary<string, object?>();

    /// <summary>How long it may take; null means without end.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Called with each notice that the server sends, on any thread.</summary>
    public Action<string>? OnNotice { get; init; }
}
