namespace DbConductor.Files;

/// <summary>Errors of the file system as ours.</summary>
internal static class FileErrors
{
    internal static DbConductorException From(Exception error, string path, string what) => new(
        error switch
        {
            FileNotFoundException or DirectoryNotFoundException => DbErrorKind.NotFound,
            UnauthorizedAccessException => DbErrorKind.Permission,
            // ENOSPC and EDQUOT; ERROR_DISK_FULL, as .NET hands them on
            IOException { HResult: 28 or 122 or unchecked((int)0x80070070) } => DbErrorKind.LimitExceeded,
            _ => DbErrorKind.Server,
        },
        $"The file '{path}' cannot be {what}: {error.Message}",
        error)
    { Target = path };
}
