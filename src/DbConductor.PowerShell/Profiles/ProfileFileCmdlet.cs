using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>A cmdlet that changes a file with profiles.</summary>
public abstract class ProfileFileCmdlet : DbCmdlet
{
    /// <summary>Which file: the user's (else), or the project's.</summary>
    [Parameter]
    public DbProfileScope Scope { get; set; }

    private protected ProfileScope FileScope => Scope == DbProfileScope.User ? ProfileScope.User : ProfileScope.Project;

    /// <summary>The file of the scope.</summary>
    private protected string File(ProfileLocations locations) => Scope == DbProfileScope.Project ? locations.ProjectFile : locations.UserFile
        ?? throw new DbConductorException(DbErrorKind.InvalidOperation, "This user has no home directory to keep a file in. Use -Scope Project, or set HOME.");
}
