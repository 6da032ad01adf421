using System.Management.Automation;
using System.Text;

namespace DbConductor.PowerShell;

/// <summary>
/// Reads an encoding: one of PowerShell's own names (<c>utf8</c>, <c>utf8BOM</c>, <c>unicode</c>, <c>latin1</c>, ...), a name or number that .NET knows, or the
/// encoding itself.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TextEncodingAttribute : ArgumentTransformationAttribute
{
    /// <summary>Turns what was given into an encoding; null stays null.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">No encoding has that name or number.</exception>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? given = PSObjects.Bare(inputData);
        try
        {
            return given switch
            {
                null => null!,
                Encoding => given,
                int page => Encoding.GetEncoding(page),
                _ => Named(LanguagePrimitives.ConvertTo<string>(given)),
            };
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new ArgumentTransformationMetadataException(
                $"There is no encoding '{given}'. Take utf8, utf8BOM, unicode (UTF-16), bigendianunicode, utf32, ascii, latin1, or a name or number that .NET knows.", error);
        }
    }

    private static Encoding Named(string name) => name.ToUpperInvariant() switch
    {
        "UTF8" or "UTF8NOBOM" or "UTF-8" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        "UTF8BOM" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        "UNICODE" => Encoding.Unicode,
        "BIGENDIANUNICODE" => Encoding.BigEndianUnicode,
        "BIGENDIANUTF32" => new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        "UTF32" => Encoding.UTF32,
        "ASCII" => Encoding.ASCII,
        "LATIN1" or "ISO88591" => Encoding.Latin1,
        _ => int.TryParse(name, out int page) ? Encoding.GetEncoding(page) : Encoding.GetEncoding(name),
    };
}
