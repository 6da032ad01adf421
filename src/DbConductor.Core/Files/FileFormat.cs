namespace DbConductor.Files;

/// <summary>How rows stand in a file.</summary>
public enum FileFormat
{
    /// <summary>Values separated by commas (or another character), as RFC 4180 has it: a header, quotes where they are needed, also around line breaks.</summary>
    Csv,
    /// <summary>The same with tabs.</summary>
    Tsv,
    /// <summary>One JSON object per line.</summary>
    JsonLines,
}
