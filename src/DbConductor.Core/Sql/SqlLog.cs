using Microsoft.Extensions.Logging;

namespace DbConductor.Sql;

internal static partial class SqlLog
{
    [LoggerMessage(EventId = 20, Level = LogLevel.Debug, Message = "{Sql}")]
    public static partial void Statement(ILogger logger, string sql);
}
