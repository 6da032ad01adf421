namespace DbConductor;

/// <summary>A text that is never shown: neither by <see cref="ToString"/>, nor in a debugger's view of a record, nor in a log.</summary>
public sealed class Secret(string value)
{
    private readonly string _value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>The text itself. Called only where it is handed to a driver.</summary>
    public string Reveal() => _value;

    /// <inheritdoc/>
    public override string ToString() => "********";
}
