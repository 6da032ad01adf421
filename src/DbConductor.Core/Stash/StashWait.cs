using System.Globalization;

namespace DbConductor;

/// <summary>For what <see cref="StashStore.WaitAsync"/> waits.</summary>
public sealed record StashWait
{
    /// <summary>How many rows a stash must have.</summary>
    public long MinimumRows { get; init; }

    /// <summary>After which time, by the server's clock, it must have been published.</summary>
    public DateTimeOffset? NewerThan { get; init; }

    /// <summary>How long to wait.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Called before each pause with the names that are not ready yet and the time that was waited.</summary>
    public Action<IReadOnlyList<string>, TimeSpan>? OnWait { get; init; }

    internal bool IsReady(StashVersion version) =>
        version.State == StashState.Ready && version.Rows >= MinimumRows && (NewerThan is null || version.Published > NewerThan);

    internal DbConductorException TimedOut(IReadOnlyList<(string Name, StashVersion[] Versions)> missing) => new(
        DbErrorKind.Timeout,
        $"Waited {Timeout} for {string.Join("; ", missing.Select(m => $"stash '{m.Name}', which {Describe(m.Versions)}"))}. Allow more with -Timeout, or see to who writes it.")
    { Target = string.Join(", ", missing.Select(m => m.Name)) };

    private string Describe(StashVersion[] versions)
    {
        if (versions.FirstOrDefault(v => v.State != StashState.Writing) is { } version)
        {
            return version.State == StashState.Expired ? string.Create(CultureInfo.InvariantCulture, $"expired at {version.Expires:O}")
                : version.Rows < MinimumRows ? string.Create(CultureInfo.InvariantCulture, $"has {version.Rows:N0} rows of at least {MinimumRows:N0}")
                : string.Create(CultureInfo.InvariantCulture, $"was published at {version.Published:O}, not after {NewerThan:O}");
        }

        return versions is [var writing, ..]
            ? string.Create(CultureInfo.InvariantCulture, $"is being written by {writing.Owner} since {writing.Started:O}")
            : "is not there";
    }
}
