using System.Diagnostics;

namespace DbConductor;

/// <summary>A text that is never shown: neither by <see cref="ToString"/>, nor as JSON, nor in a debugger's view of a record, nor in a log.</summary>
[DebuggerDisplay(Mask)]
public sealed class Secret(string value)
{
    /// <summary>What stands in a secret's place wherever one would be shown.</summary>
    public const string Mask = "********";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>The text itself. Called only where it is handed to a driver.</summary>
    public string Reveal() => _value;

    /// <inheritdoc/>
    public override string ToString() => Mask;
}
