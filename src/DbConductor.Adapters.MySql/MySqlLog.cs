using Microsoft.Extensions.Logging;

namespace DbConductor.Adapters.MySql;

internal static partial class MySqlLog
{
    [LoggerMessage(EventId = 30, Level = LogLevel.Warning,
        Message = "{Location} does not allow LOAD DATA LOCAL, the fast path for many rows: prepared inserts are used. To get it, run SET GLOBAL local_infile = 1 there.")]
    public static partial void NoLocalInfile(ILogger logger, string location);
}
