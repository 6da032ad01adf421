namespace DbConductor.Building;

/// <summary>Ends the build with a message of one line and exit code 1.</summary>
internal sealed class BuildException(string message) : Exception(message);
