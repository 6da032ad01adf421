namespace DbConductor.PowerShell;

/// <summary>The state of a session.</summary>
public enum DbSessionState
{
    /// <summary>It can be used.</summary>
    Open,
    /// <summary>The connection was lost; the next cmdlet that uses the session connects anew.</summary>
    Broken,
    /// <summary>It was disconnected and cannot be used any more.</summary>
    Closed,
}
