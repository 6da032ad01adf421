using System.Globalization;

namespace DbConductor.HostedTests;

/// <summary>The way of rows through the cmdlets, with SQLite. Every cmdlet's details are in tests/Pester.</summary>
public sealed class CmdletTests : IDisposable
{
    private readonly HostedModule _module = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dbconductor-hosted-");

    public CmdletTests() => _module.Run(
        """
        $null = Connect-DbAdapter -Type Sqlite -Database ($args[0] + '/one.db')
        $null = Connect-DbAdapter -Type Sqlite -Database ($args[0] + '/two.db') -Name warehouse
        $null = 1..5 | ForEach-Object { [pscustomobject]@{ id = $_; name = "row $_"; half = $_ / 2 } } | Save-DbBatch -Into rows -Key id -CreateTable
        """, _folder.FullName);

    public void Dispose()
    {
        _module.Run("Get-DbAdapter | Disconnect-DbAdapter");
        _module.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Piped_objects_come_back_with_their_values() =>
        Assert.Equal(["1 row 1 0.5", "2 row 2 1", "3 row 3 1.5", "4 row 4 2", "5 row 5 2.5"], Texts("Get-DbBatch -From rows -OrderBy id | ForEach-Object { \"$($_.id) $($_.name) $($_.half)\" }"));

    [Fact]
    public void Rows_are_read_changed_and_written_back_in_one_pipeline()
    {
        _module.Run("Get-DbBatch -From rows | ForEach-Object { $_.name = $_.name + '!'; $_ } | Save-DbBatch -Into rows -Mode Upsert -Key id");

        Assert.Equal(5, Number("Measure-DbBatch -From rows -Where { $_.name -like '*!' } | ForEach-Object Count"));
        Assert.Equal(5, Number("Measure-DbBatch -From rows | ForEach-Object Count"));
    }

    [Fact]
    public void A_script_block_filters_on_the_server() =>
        Assert.Equal(["2", "5"], Texts("$min = 4; Get-DbBatch -From rows -Where { $_.id -gt $min -or $_.name -eq 'row 2' } -OrderBy id | ForEach-Object id"));

    [Fact]
    public void A_script_block_that_calls_a_command_is_refused() =>
        Assert.Contains("Get-Date", _module.Fail("Get-DbBatch -From rows -Where { $_.id -gt (Get-Date) }").Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_table_is_copied_to_another_database()
    {
        _module.Run("Copy-DbBatch -From rows -IntoAdapter warehouse -Into copied -CreateTable");

        Assert.Equal(5, Number("Measure-DbBatch -Adapter warehouse -From copied | ForEach-Object Count"));
    }

    [Fact]
    public void A_transaction_block_commits()
    {
        _module.Run("Use-DbTransaction { [pscustomobject]@{ id = 6; name = 'six' } | Save-DbBatch -Into rows }");

        Assert.Equal(6, Number("Measure-DbBatch -From rows | ForEach-Object Count"));
    }

    [Fact]
    public void A_transaction_block_that_fails_leaves_nothing()
    {
        var error = _module.Fail("Use-DbTransaction { [pscustomobject]@{ id = 6; name = 'six' } | Save-DbBatch -Into rows; throw 'on purpose' }");

        Assert.Contains("on purpose", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(5, Number("Measure-DbBatch -From rows | ForEach-Object Count"));
    }

    [Fact]
    public void Rows_are_updated_and_removed()
    {
        _module.Run("Update-DbBatch -Into rows -Where @{ id = 1 } -Set @{ name = 'first' }; Remove-DbBatch -From rows -Where { $_.id -ge 4 }");

        Assert.Equal(["first", "row 2", "row 3"], Texts("Get-DbBatch -From rows -OrderBy id | ForEach-Object name"));
    }

    [Fact]
    public void Removing_without_a_filter_needs_to_be_said()
    {
        _module.Fail("Remove-DbBatch -From rows");

        Assert.Equal(5, Number("Measure-DbBatch -From rows | ForEach-Object Count"));
        _module.Run("Remove-DbBatch -From rows -All");
        Assert.Equal(0, Number("Measure-DbBatch -From rows | ForEach-Object Count"));
    }

    [Fact]
    public void Columns_named_as_parameters_are_data()
    {
        _module.Run("[pscustomobject]@{ id = 1; adapter = 'a'; mode = 'm'; key = 'k'; into = 'i' } | Save-DbBatch -Into odd -CreateTable");

        Assert.Equal(["a m k i"], Texts("Get-DbBatch -From odd | ForEach-Object { \"$($_.adapter) $($_.mode) $($_.key) $($_.into)\" }"));
    }

    [Fact]
    public void A_missing_table_is_answered_with_the_remedy() =>
        Assert.Contains("-CreateTable", _module.Fail("[pscustomobject]@{ id = 1 } | Save-DbBatch -Into missing").Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_query_takes_bound_parameters() =>
        Assert.Equal(["row 4"], Texts("Invoke-DbQuery 'select name from rows where id = @id' -Parameter @{ id = 4 } -As SingleValue"));

    [Fact]
    public async Task Several_runspaces_use_the_module_at_once()
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            using var module = new HostedModule();
            return module.Run(
                """
                $null = Connect-DbAdapter -Type Sqlite -Database ($args[0] + '/parallel' + $args[1] + '.db')
                $null = 1..200 | ForEach-Object { [pscustomobject]@{ id = $_ } } | Save-DbBatch -Into t -CreateTable
                Measure-DbBatch -From t | ForEach-Object Count
                Disconnect-DbAdapter
                """, _folder.FullName, number).Single().BaseObject;
        })));

        Assert.All(counts, count => Assert.Equal(200L, count));
    }

    private List<string> Texts(string script) => [.. _module.Run(script).Select(value => Convert.ToString(value.BaseObject, CultureInfo.InvariantCulture)!)];

    private long Number(string script) => Convert.ToInt64(_module.Run(script).Single().BaseObject, CultureInfo.InvariantCulture);
}
