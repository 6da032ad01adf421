namespace DbConductor.PowerShell;

/// <summary>The files into which a profile can be written.</summary>
public enum DbProfileScope
{
    /// <summary>The user's file, which nobody else can read.</summary>
    User,
    /// <summary>The project's file: the nearest <c>dbconductor.json</c> in the current location or above it, else a new one in the current location.</summary>
    Project,
}
