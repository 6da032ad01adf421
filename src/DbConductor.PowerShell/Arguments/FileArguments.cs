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
}
