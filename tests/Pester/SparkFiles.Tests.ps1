BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1

    # The module writes no Parquet: Spark's own frame does, which is behind the handle.
    function Write-Parquet([string] $Folder, [string] $Query, [hashtable] $View = @{}) {
        $frame = Invoke-SparkSql $Query -View $View -AsView written
        $own = [Reflection.BindingFlags] 'Instance, Public, NonPublic'
        $inner = $frame.GetType().GetProperty('Inner', $own).GetValue($frame)
        $typed = $inner.GetType().GetField('_typed', $own).GetValue($inner)
        $typed.GetType().GetProperty('Frame', $own).GetValue($typed).Write().Parquet($Folder)
        $frame.Dispose()
    }
}

Describe 'Files by their path on Spark' {
    BeforeAll {
        $data = (Resolve-Path $PSScriptRoot/../../examples/data).Path
        # characters that mean something elsewhere
        $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "dbconductor 100% {$([guid]::NewGuid())}")).FullName
        $work = (New-Item -ItemType Directory (Join-Path $folder 'work [1]*')).FullName
        $null = Connect-DbAdapter -Type Sqlite -Database :memory:
        $airports = Import-DbBatch (Join-Path $data airports.csv) -Into airports -Key faa -CreateTable -NullText NA
        Push-Location -LiteralPath $PSScriptRoot/../..
        if (-not $NoSpark) {
            $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Option $SparkOptions -WorkPath $work
            $parquet = Join-Path $folder 'planes [x].parquet'
            Write-Parquet $parquet 'select tailnum, manufacturer, cast(year as int) year from p' @{ p = @{ Path = './examples/data/planes.csv'; NullText = 'NA' } }
        }
    }
    AfterAll {
        Pop-Location
        Disconnect-DbAdapter
        Stop-SparkSession
        Remove-Item -LiteralPath $folder -Recurse -Force
    }
    BeforeEach { Skip-WithoutSpark }
    AfterEach { if (-not $NoSpark) { Get-ChildItem -LiteralPath (Get-SparkSession).WorkPath | Should -BeNullOrEmpty } }

    It 'joins files of a wildcard with a table, as a whole and once' {
        $join = @{ Left = './examples/data/flights-*.csv'; Right = 'airports'; On = @{ dest = 'faa' }; JoinType = 'Left'; Property = 'time_hour', 'carrier', 'flight', 'arr_delay', @{ dest_name = 'name' } }
        $result = Invoke-SparkJoin @join -Into enriched -CreateTable -BatchId week
        $result.Rows | Should -Be 6099
        $result.Path | Should -BeLike "Spark join on local* (files './examples/data/flights-*.csv' read by Spark; table 'airports'*"
        (Invoke-SparkJoin @join -Into enriched -CreateTable -BatchId week -Engine Embedded).Status | Should -Be Replayed
        @(Invoke-SparkJoin @join | Select-Object -First 20).Count | Should -Be 20
    }

    It 'reads types and null texts as the embedded engine does' {
        $left = @{ Path = './examples/data/flights-*.csv'; ColumnType = @{ arr_delay = 'int'; flight = 'int'; time_hour = 'datetimeoffset' }; NullText = 'NA'; Property = 'flight', 'dest', @{ delay = 'arr_delay' } }
        $join = @{ Right = 'airports'; On = @{ dest = 'faa' }; Property = 'flight', 'delay', 'name' }
        $show = { $_ | ForEach-Object { "$($_.flight.GetType().Name) $($_.flight) $($_.delay) $($_.name)" } | Sort-Object }
        # a type that is converted here goes with the rows
        foreach ($way in 'handed over', 'read by Spark') {
            $result = Invoke-SparkJoin -Left $left @join -Into "types_$($way.Length)" -CreateTable
            $result.Path | Should -BeLike "*$way*"
            (Get-DbTable "types_$($way.Length)").Columns.Type | Should -Be int, int, string
            (Get-DbBatch "types_$($way.Length)" | & { process { "$($_.flight) $($_.delay) $($_.name)" } } | Sort-Object) -join "`n" |
                Should -BeExactly ((Join-DbBatch -Left $left @join | ForEach-Object { "$($_.flight) $($_.delay) $($_.name)" } | Sort-Object) -join "`n")
            $left.ColumnType.Remove('time_hour')
        }
    }

    It 'reads Parquet with its types, wherever it is named' {
        Push-Location -LiteralPath $folder
        try {
            foreach ($side in './planes*.parquet', "$folder/planes*.parquet", "file://$($folder.Replace('%', '%25'))/planes*", (Get-Item -LiteralPath $parquet), @{ Path = './planes*'; Property = 'year', 'tailnum' }) {
                $rows = Invoke-SparkSql 'select count(*) n, count(year) years, max(year) latest from p' -View @{ p = $side }
                $rows.n, $rows.years, $rows.latest | Should -Be 3322, 3252, 2013
            }
        }
        finally { Pop-Location }
        $rows = @(Invoke-SparkJoin -Left @{ Path = './examples/data/flights-2013-01-01.csv'; Property = 'tailnum' } -Right (Get-Item -LiteralPath $parquet) -On tailnum -JoinType Semi)
        $rows.Count | Should -Be (@(Join-DbBatch -Left @{ Path = './examples/data/flights-2013-01-01.csv'; Property = 'tailnum' } -Right './examples/data/planes.csv' -On tailnum -JoinType Semi).Count)
    }

    It 'asks nothing of the embedded engine that Spark alone can do' {
        $join = @{ Left = Get-Item -LiteralPath $parquet; Right = 'airports'; On = @{ tailnum = 'faa' } }
        foreach ($failure in (Get-Failure { Join-DbBatch @join }), (Get-Failure { Invoke-SparkJoin @join -Engine Embedded }), (Get-Failure { Join-DbBatch -Left 's3a://bucket/a.csv' -Right airports -On @{ a = 'faa' } })) {
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.NotSupported*'
            $failure.Exception.Message | Should -BeLike '*can be read by Spark alone*Invoke-SparkJoin -Engine Spark*'
        }
        Invoke-SparkJoin @join | Should -BeNullOrEmpty
        (Invoke-SparkJoin @join -Into planned -CreateTable -PlanOnly).Columns.Target | Should -Contain manufacturer
    }

    It 'says what is wrong with <What>' -ForEach @(
        @{ What = 'a wildcard that matches nothing'; Side = './examples/data/none-*.csv'; Id = 'NotFound'; Words = "*none-*" }
        @{ What = 'a file that is not there'; Side = './none.parquet'; Id = 'NotFound'; Words = '*none.parquet*' }
        @{ What = 'a name without a format'; Side = './README.md'; Id = 'InvalidArgument'; Words = '*README.md*Format*' }
        @{ What = 'a format that is none'; Side = @{ Path = './README.md'; Format = 'xml' }; Id = 'InvalidArgument'; Words = '*JsonLines, Parquet, Orc*' }
        @{ What = 'a filter on what Spark alone reads'; Side = @{ Path = 's3a://bucket/a.parquet'; Where = @{ a = 1 } }; Id = 'InvalidArgument'; Words = '*Filter in the query of Invoke-SparkSql*' }
        @{ What = 'a filter by a column that is not there'; Side = @{ Path = './examples/data/planes.csv'; Where = @{ a = 1 } }; Id = 'ColumnNotFound'; Words = "*no column 'a'*" }
        @{ What = 'a type for what has types'; Side = @{ Path = 's3a://bucket/a.parquet'; ColumnType = @{ a = 'int' } }; Id = 'InvalidArgument'; Words = '*have their types*' }
        @{ What = 'a column that is not there'; Side = @{ Path = './examples/data/planes.csv'; Property = 'nope' }; Id = 'ColumnNotFound'; Words = '*nope*' }
        @{ What = 'a file system that is not there'; Side = 's3a://bucket/a.parquet'; Id = 'DriverMissing'; Words = '*-Package org.apache.hadoop:hadoop-aws:3.3.4*' }
        @{ What = 'a password in an address'; Side = 's3a://key:hidden@bucket/a.parquet'; Id = 'InvalidArgument'; Words = '*-Option of Start-SparkSession*' }
    ) {
        $failure = Get-Failure { Invoke-SparkSql 'select * from s' -View @{ s = $Side } }
        $failure.FullyQualifiedErrorId | Should -BeLike "DbConductor.$Id*"
        $failure.Exception.Message | Should -BeLike $Words
        "$($failure | Out-String)" | Should -Not -BeLike '*hidden*'
    }
}

Describe 'Files that Spark alone reads, without a Spark' {
    BeforeEach { if ($NoSpark -and -not $Spark) { Set-ItResult -Skipped -Because $NoSpark } }

    It 'name it' {
        $null = Connect-DbAdapter -Type Sqlite -Database :memory:
        $names = 'SPARK_HOME', 'PATH'
        $before = $names | ForEach-Object { [Environment]::GetEnvironmentVariable($_) }
        $file = (New-Item (Join-Path $TestDrive a.parquet)).FullName
        try {
            $env:SPARK_HOME = $null
            $env:PATH = $TestDrive
            $failure = Get-Failure { Invoke-SparkJoin -Left $file -Right $file -On a }
            $failure.FullyQualifiedErrorId | Should -BeLike 'DbConductor.DriverMissing*'
            $failure.Exception.Message | Should -BeLike '*Spark*'
        }
        finally {
            0..1 | ForEach-Object { [Environment]::SetEnvironmentVariable($names[$_], $before[$_]) }
            Disconnect-DbAdapter
        }
    }
}

Describe 'Files of a cluster' {
    BeforeAll {
        $isRoot = $IsLinux -and [Environment]::UserName -eq 'root'
        $folder = New-Folder
        if (-not $NoSpark -and $isRoot) {
            # the worker does not see what is here
            $here = (New-Item -ItemType Directory (Join-Path $folder here)).FullName
            $work = (New-Item -ItemType Directory (Join-Path $folder work)).FullName
            Set-Content (Join-Path $here a.csv) 'id,v', '1,a', '2,b'
            Set-Content (Join-Path $here a.jsonl) '{"id":"1","w":true}'
            Copy-Item (Join-Path $here a.csv) (Join-Path $work b.csv)
            $cluster = Start-SparkCluster $folder -Hidden $here
            $null = Connect-DbAdapter -Type Sqlite -Database :memory:
            $null = Start-SparkSession $cluster.Master -SparkHome $Spark -WorkPath $work -Option ($SparkOptions + @{ 'spark.executor.memory' = '512m'; 'spark.task.maxFailures' = 1 })
            Write-Parquet (Join-Path $work p) "select '1' id, 1.50 n"
            Copy-Item (Join-Path $work p) (Join-Path $here p) -Recurse
        }
    }
    AfterAll {
        Stop-SparkSession
        if ($cluster) {
            Disconnect-DbAdapter
            Stop-SparkCluster $cluster
        }
        Remove-Item -LiteralPath $folder -Recurse -Force
    }
    BeforeEach {
        Skip-WithoutSpark
        if (-not $isRoot) { Set-ItResult -Skipped -Because 'only root on Linux can hide a folder from a process' }
    }

    It 'are read where every executor sees them, and brought there where not: <File>' -ForEach @(
        @{ File = 'here/a.csv'; Rows = 2; Words = '*handed over*outside -WorkPath*' }
        @{ File = 'here/a.jsonl'; Rows = 1; Words = '*handed over*' }
        @{ File = 'here/p/'; Rows = 1; Words = '*read by Spark, copied to where executors see it*' }
        @{ File = 'work/b.csv'; Rows = 2; Words = '*read by Spark)*' }
        @{ File = 'work/p/*.parquet'; Rows = 1; Words = '*read by Spark)*' }
    ) {
        $result = Invoke-SparkSql 'select * from f' -View @{ f = Join-Path $folder $File } -Into result -CreateTable -Mode Overwrite
        $result.Rows | Should -Be $Rows
        $result.Path | Should -BeLike $Words
        Invoke-DbQuery 'drop table result'
        Get-ChildItem (Get-SparkSession).WorkPath | Should -BeNullOrEmpty
    }
}
