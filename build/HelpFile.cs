namespace DbConductor.Building;

/// <summary>Makes the help of the cmdlets, which <c>Get-Help</c> reads, of the pages in <c>docs/cmdlets</c>.</summary>
internal static class HelpFile
{
    /// <summary>It takes a pwsh, for only that knows the syntax of the cmdlets; without one nobody can ask for their help.</summary>
    public static void Make()
    {
        if (PowerShellHost.Find() is { } pwsh
            && pwsh.Run(["-File", Repository.At("build", "make-help.ps1"), Repository.Module, Repository.At("docs", "cmdlets")]) != 0)
        {
            throw new BuildException("docs/cmdlets does not make a help file");
        }
    }
}
