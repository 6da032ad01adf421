using System.Globalization;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// Reads a duration: a TimeSpan, <c>'30s'</c>, <c>'15m'</c>, <c>'12h'</c>, <c>'7d'</c>, or a whole number of seconds. A bare fraction or decimal is
/// refused, since PowerShell reads <c>7d</c> without quotes as the decimal number 7.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    private const string Remedy = "Write '30s', '15m', '12h' or '7d' in quotes, a whole number of seconds, or a TimeSpan.";

    /// <summary>Turns what was given into a TimeSpan; null stays null.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">Not a duration, or a negative one.</exception>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? given = PSObjects.Bare(inputData);
        return given switch
        {
            null => null!,
            TimeSpan span => span >= TimeSpan.Zero ? span : throw Refused("A duration cannot be negative."),
            string text => Parse(text),
            byte or sbyte or short or ushort or int or uint or long => Parse(Convert.ToString(given, CultureInfo.InvariantCulture)!),
            decimal number => throw Refused($"The number {number} has no unit: '7d' without quotes is a decimal number to PowerShell."),
            double or float => throw Refused("A number with a fraction is not a duration."),
            _ => throw Refused($"A value of type {given.GetType().Name} is not a duration."),
        };
    }

    private static TimeSpan Parse(string text)
    {
        try
        {
            return Durations.Parse(text);
        }
        catch (DbConductorException error)
        {
            throw new ArgumentTransformationMetadataException(error.Message, error);
        }
    }

    private static ArgumentTransformationMetadataException Refused(string why) => new($"{why} {Remedy}");
}
