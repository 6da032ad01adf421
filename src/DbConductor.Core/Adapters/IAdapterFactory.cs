namespace DbConductor;

/// <summary>
/// Makes one type of adapter. Each assembly <c>DbConductor.Adapters.*.dll</c> has exactly one public implementation with a parameterless constructor.
/// </summary>
public interface IAdapterFactory
{
    /// <summary>The type's name, as operators write it: <c>PostgreSql</c>.</summary>
    string Type { get; }

    /// <summary>Names that mean the same, such as <c>Postgres</c>.</summary>
    IReadOnlyList<string> Aliases { get; }

    /// <summary>Whether <see cref="AdapterProfile.Database"/> is the path of a file, or <c>:memory:</c>, and no name on a server.</summary>
    bool DatabaseIsFile => false;

    /// <summary>Makes an adapter that is not connected yet.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: a setting that is missing or means nothing, by name.</exception>
    IDbAdapter Create(AdapterProfile profile, AdapterServices services);
}
