using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>A version of a stash: what the manifest says of it. It is a snapshot; the rows are read by <see cref="StashStore.OpenAsync"/>.</summary>
public sealed record StashVersion
{
    /// <summary>The stash's name.</summary>
    public required string Name { get; init; }

    /// <summary>The version, counted from 1; 0 while it is being written.</summary>
    public long Version { get; init; }

    /// <summary>What has become of it.</summary>
    public StashState State { get; init; }

    /// <summary>The number of rows.</summary>
    public long Rows { get; init; }

    /// <summary>The bytes that the rows took on their way in, as DbConductor encodes them; the database's own use differs.</summary>
    public long Bytes { get; init; }

    /// <summary>The checksum of the rows (<see cref="RowChecksum"/>).</summary>
    public string Checksum { get; init; } = "";

    /// <summary>The columns.</summary>
    public IReadOnlyList<StashColumn> Columns { get; init; } = [];

    /// <summary>Who wrote it: user, machine and process.</summary>
    public required string Owner { get; init; }

    /// <summary>When the writing began, by the server's clock.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it was published, by the server's clock; null while it is being written.</summary>
    public DateTimeOffset? Published { get; init; }

    /// <summary>When its writer was last known to be alive, by the server's clock.</summary>
    public DateTimeOffset Alive { get; init; }

    /// <summary>When it may be removed; null means never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>What identifies the version among all.</summary>
    public required string Id { get; init; }

    /// <summary>The table with the rows.</summary>
    public TableName Table => StashTables.OfVersion(Id);

    /// <summary>The column of that table with what the others cannot hold.</summary>
    internal const string Rest = "dbconductor_rest";

    /// <summary>The columns as text, for the manifest.</summary>
    internal string ColumnsText => new JsonArray([.. Columns.Select(c => (JsonNode)new JsonObject
    {
        ["name"] = c.Name,
        ["type"] = c.Type.ToString(),
        ["mixed"] = c.IsMixed,
        ["native"] = c.Native,
        ["unfit"] = c.Unfit,
    })]).ToJsonString();

    internal static StashColumn[] ReadColumns(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(c => new StashColumn(c.GetProperty("name").GetString()!, PortableType.Parse(c.GetProperty("type").GetString()!))
        {
            IsMixed = c.GetProperty("mixed").GetBoolean(),
            Native = c.GetProperty("native").GetString(),
            Unfit = c.GetProperty("unfit").GetInt64(),
        })];
    }
}
