@{
    RootModule = 'DbConductor.PowerShell.dll'
    ModuleVersion = '0.1.0'
    GUID = '6b1f2c0e-5f0d-4d0b-9a4e-0d5c3d1b7a11'
    Author = 'The DbConductor authors'
    CompanyName = 'The DbConductor authors'
    Copyright = '(c) 2026 The DbConductor authors. MIT licence.'
    Description = 'One set of verbs over several databases: connect, save, get, update, remove, copy, commit and roll back, with bulk speed and safe by default.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion = '7.4'
    FormatsToProcess = @('DbConductor.Format.ps1xml')
    CmdletsToExport = @(
        'Connect-DbAdapter', 'Disconnect-DbAdapter', 'Get-DbAdapter', 'Test-DbAdapter',
        'Save-DbBatch', 'Get-DbBatch', 'Update-DbBatch', 'Remove-DbBatch', 'Measure-DbBatch', 'Copy-DbBatch', 'Import-DbBatch', 'Export-DbBatch',
        'Get-DbReject', 'Submit-DbReject',
        'Invoke-DbQuery', 'Get-DbTable', 'New-DbTable',
        'Save-DbStash', 'Get-DbStash', 'Receive-DbStash', 'Wait-DbStash', 'Lock-DbStash', 'Unlock-DbStash', 'Remove-DbStash', 'Join-DbBatch',
        'Start-DbTransaction', 'Complete-DbTransaction', 'Undo-DbTransaction', 'Use-DbTransaction',
        'Start-SparkSession', 'Get-SparkSession', 'Stop-SparkSession', 'Invoke-SparkJoin', 'Invoke-SparkSql', 'New-SparkDataFrame',
        'Get-DbProfile', 'Set-DbProfile', 'Remove-DbProfile'
    )
    FunctionsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
    PrivateData = @{
        PSData = @{
            Tags = @('Database', 'ETL', 'SQLite', 'PostgreSQL', 'MySQL', 'MongoDB', 'Spark', 'Bulk', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
        }
    }
}
