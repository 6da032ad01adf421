namespace DbConductor;

/// <summary>Takes log lines for one call of a host, on any thread.</summary>
public interface ILogSink
{
    /// <summary>Whether a line of this level would be shown, so that none is made in vain.</summary>
    bool Wants(LogLineLevel level);

    /// <summary>Takes a line.</summary>
    void Write(LogLineLevel level, string text);
}

/// <summary>The levels that a host tells apart.</summary>
public enum LogLineLevel
{
    /// <summary>SQL and other details.</summary>
    Debug,
    /// <summary>Paths taken.</summary>
    Verbose,
    /// <summary>What the operator should know.</summary>
    Warning,
}
