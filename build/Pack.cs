namespace DbConductor.Building;

internal static class Pack
{
    public static int Run(Build build) => throw new BuildException($"not yet {build.Options.Target}");
}
