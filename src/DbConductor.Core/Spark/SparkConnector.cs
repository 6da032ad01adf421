namespace DbConductor.Spark;

/// <summary>What Spark reads one kind of database with, and how a session comes to have it.</summary>
/// <param name="Way">How rows come, for people: <c>JDBC</c>, <c>MongoDB's connector</c>.</param>
/// <param name="Format">Spark's name of the data source: <c>jdbc</c>, <c>mongodb</c>.</param>
/// <param name="ClassName">A class that the session has where it has the connector.</param>
/// <param name="Package">The Maven coordinates, with the version that was tested.</param>
/// <param name="Jar">The file, or files, that do instead.</param>
public sealed record SparkConnector(string Way, string Format, string ClassName, string Package, string Jar);
