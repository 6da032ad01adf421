using System.Security.Cryptography;
using System.Text;

namespace DbConductor;

/// <summary>
/// The manifest's tables. Times are microseconds since 1970 by the server's clock, since whole numbers compare the same everywhere.
/// Names are keys by their hash, since databases compare text differently.
/// </summary>
internal static class StashTables
{
    /// <summary>One row for each name: which version is the current one, and who holds the lease.</summary>
    internal static readonly TableName Heads = new(null, "dbconductor_stash");

    /// <summary>One row for each version, from the moment when its writing begins.</summary>
    internal static readonly TableName Versions = new(null, "dbconductor_stash_versions");

    /// <summary>One row for each reader on its way, so that its version stays. Not on a database with a single writer, where a reader's snapshot does that.</summary>
    internal static readonly TableName Pins = new(null, "dbconductor_stash_pins");

    internal static readonly TableSchema HeadSchema = new(
    [
        new("id", new(PortableKind.String, Length: 64)) { Nullable = false },
        new("name", new(PortableKind.String)) { Nullable = false },
        new("version", new(PortableKind.Int64)) { Nullable = false },
        new("version_id", new(PortableKind.String)),
        new("fence", new(PortableKind.Int64)) { Nullable = false },
        new("lease_owner", new(PortableKind.String)),
        new("lease_until", new(PortableKind.Int64)) { Nullable = false },
    ])
    { Key = ["id"] };

    internal static readonly TableSchema VersionSchema = new(
    [
        new("id", new(PortableKind.String, Length: 32)) { Nullable = false },
        new("stash_id", new(PortableKind.String, Length: 64)) { Nullable = false },
        new("name", new(PortableKind.String)) { Nullable = false },
        new("version", new(PortableKind.Int64)) { Nullable = false },
        new("state", new(PortableKind.String)) { Nullable = false },
        new("row_count", new(PortableKind.Int64)) { Nullable = false },
        new("byte_count", new(PortableKind.Int64)) { Nullable = false },
        new("checksum", new(PortableKind.String)) { Nullable = false },
        new("layout", new(PortableKind.String)) { Nullable = false },
        new("owner", new(PortableKind.String)) { Nullable = false },
        new("started", new(PortableKind.Int64)) { Nullable = false },
        new("alive", new(PortableKind.Int64)) { Nullable = false },
        new("published", new(PortableKind.Int64)),
        new("expires", new(PortableKind.Int64)),
    ])
    { Key = ["id"] };

    internal static readonly TableSchema PinSchema = new(
    [
        new("id", new(PortableKind.String, Length: 32)) { Nullable = false },
        new("version_id", new(PortableKind.String, Length: 32)) { Nullable = false },
        new("until", new(PortableKind.Int64)) { Nullable = false },
    ])
    { Key = ["id"] };

    /// <summary>The state of a version that readers may find; it is no longer the current one where its head says otherwise.</summary>
    internal const string Ready = "ready";

    internal const string Writing = "writing";

    /// <summary>The state of a version whose rows are being taken away.</summary>
    internal const string Removing = "removing";

    /// <summary>The table with a version's rows.</summary>
    internal static TableName OfVersion(string id) => new(null, $"{Heads.Name}_{id}");

    /// <summary>Whether a table's name is one of <see cref="OfVersion"/>.</summary>
    internal static bool IsOfVersion(string name) =>
        name.Length > 32 && name[^32..] is var id && id.All(char.IsAsciiHexDigitLower) && name == OfVersion(id).Name;

    internal static string IdOf(string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name))).ToLowerInvariant();

    internal static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    internal static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    internal static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
