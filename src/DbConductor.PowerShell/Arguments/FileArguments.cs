using System.Collections;
using System.Management.Automation;
using DbConductor.Files;

namespace DbConductor.PowerShell;

/// <summary>Reads the arguments that name files and say how they are written.</summary>
internal static class FileArguments
{
    /// <summary>The format that an argument names; null where the file's extension tells it.</summary>
    internal static FileFormat? Format(string? name) => name is null ? null : Enum.Parse<FileFormat>(name, ignoreCase: true);

    /// <summary>A file that need not be there yet.</summary>
    internal static string NewFile(string path, Func<string, string> resolve) => WildcardPattern.ContainsWildcardCharacters(path)
        ? throw new DbConductorException(DbErrorKind.InvalidArgument, $"'{path}' has a wildcard in it, and one file is written. If that is its name, say -LiteralPath.") { Target = path }
        : resolve(path);

    /// <summary>A piped file as a path: what Get-ChildItem gives names itself to the letter, a text may have wildcards.</summary>
    internal static (string Path, bool Literal) Piped(object? item)
    {
        object? bare = PSObjects.Bare(item);
        return bare switch
        {
            FileInfo file => (file.FullName, true),
            string text when item is PSObject named && named.Properties["PSPath"]?.Value is string path => (path, text.Length > 0),
            string { Length: > 0 } text => (text, false),
            _ => throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"A {bare?.GetType().Name ?? "null"} was piped where files are expected: what Get-ChildItem -File gives, or paths. Rows go to Save-DbBatch."),
        };
    }
}
