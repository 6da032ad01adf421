using System.Management.Automation.Language;

namespace DbConductor.PowerShell;

/// <summary>What a filter's script block cannot say, shown in its place.</summary>
internal static class FilterRefusal
{
    /// <summary>An error that shows the line with the place underlined.</summary>
    /// <param name="extent">The place.</param>
    /// <param name="what">What stands there.</param>
    /// <param name="remedy">How to say it.</param>
    internal static DbConductorException At(IScriptExtent extent, string what, string remedy)
    {
        string line = extent.StartScriptPosition.Line;
        string shown = line.TrimEnd();
        int start = extent.StartColumnNumber - 1;
        int end = extent.EndLineNumber == extent.StartLineNumber ? extent.EndColumnNumber - 1 : shown.Length;
        string trimmed = shown.TrimStart();
        int cut = shown.Length - trimmed.Length;
        string underline = new string(' ', Math.Max(0, start - cut)) + new string('~', Math.Max(1, end - start));
        return new(
            DbErrorKind.InvalidArgument,
            $"-Where cannot be translated: {what}. {remedy}{Environment.NewLine}  {trimmed}{Environment.NewLine}  {underline}");
    }
}
