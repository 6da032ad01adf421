namespace DbConductor.Files;

/// <summary>What was written to a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Kind">How it was written.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Bytes">The size of the file.</param>
public sealed record FileExportResult(string Path, FileKind Kind, long Rows, long Bytes);
