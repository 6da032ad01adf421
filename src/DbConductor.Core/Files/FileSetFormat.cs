namespace DbConductor.Files;

/// <summary>How rows stand in files that are one side of a join.</summary>
public enum FileSetFormat
{
    /// <summary>Values separated by commas, with a header.</summary>
    Csv,
    /// <summary>The same with tabs.</summary>
    Tsv,
    /// <summary>One JSON object per line.</summary>
    JsonLines,
    /// <summary>Apache Parquet, which Spark alone reads.</summary>
    Parquet,
    /// <summary>Apache ORC, which Spark alone reads.</summary>
    Orc,
}
