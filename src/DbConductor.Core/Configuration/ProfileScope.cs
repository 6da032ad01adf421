namespace DbConductor;

/// <summary>Where a profile's setting comes from; a later one wins.</summary>
public enum ProfileScope
{
    /// <summary>The user's file.</summary>
    User,
    /// <summary>The project's file.</summary>
    Project,
    /// <summary>Environment variables <c>DBCONDUCTOR__PROFILES__name__Setting</c>.</summary>
    Environment,
    /// <summary>What a command was given.</summary>
    Parameter,
}
