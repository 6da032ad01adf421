namespace DbConductor;

/// <summary>Converts values to one type. Made once per column by <see cref="ValueConversion.For"/>; safe to use from several threads.</summary>
/// <param name="value">The value; neither null nor <see cref="DBNull"/>.</param>
/// <param name="converted">The value in the type's <see cref="PortableType.ClrType"/>; null where the text means null (see <see cref="ValueConversion"/>).</param>
/// <param name="problem">Why it cannot be converted; null where it was.</param>
/// <returns>Whether it was converted without any loss.</returns>
public delegate bool ValueConverter(object value, out object? converted, out ConversionProblem? problem);
