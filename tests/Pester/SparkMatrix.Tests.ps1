# A slice of the matrix: one kind of join from each adapter into each, and all of them for one pair. All of it, at a larger scale: build.sh bench --filter matrix.
BeforeDiscovery {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1
    . $PSScriptRoot/TestMatrix.ps1
    $next = 0
    $pairs = foreach ($from in $MatrixTypes) {
        foreach ($into in $MatrixTypes) {
            @{ From = $from; Into = $into; Kind = $MatrixKinds[$next % $MatrixKinds.Count]; Join = @($MatrixJoins.Keys)[$next % 2] }
            $next++
        }
    }
    $kinds = foreach ($join in $MatrixJoins.Keys) { foreach ($kind in $MatrixKinds) { @{ Join = $join; Kind = $kind } } }
}
BeforeAll {
    . $PSScriptRoot/TestAdapters.ps1
    . $PSScriptRoot/TestSpark.ps1
    . $PSScriptRoot/TestMatrix.ps1
}

Describe 'Joins of TPC-H tables on Spark' {
    BeforeAll {
        $generator = $env:DBCONDUCTOR_TEST_TPCH_BIN
        if (-not $NoSpark -and $generator) { $sessions = Open-Matrix $generator 0.002 }
        if ($sessions) { $null = Start-SparkSession 'local[2]' -SparkHome $Spark -Jar (Get-ChildItem "$Spark/connectors/*.jar").FullName -Option $SparkOptions }
    }
    AfterAll {
        Stop-SparkSession
        if ($sessions) { Close-Matrix $sessions }
    }
    BeforeEach {
        Skip-WithoutSpark
        if (-not $generator) { Set-ItResult -Skipped -Because "TPC-H's generator is not there: DBCONDUCTOR_TEST_TPCH_BIN names no folder" }
        Skip-WithoutServer $sessions
    }

    It 'give the rows that PostgreSQL gives, and Join-DbBatch: <Kind> with <Join>' -ForEach $kinds {
        $spark = Invoke-MatrixJoin $sessions $Join $Kind PostgreSql Sqlite
        $spark.Different | Should -Be 0
        $spark.Path | Should -BeLike 'Spark join*'
        $embedded = Invoke-MatrixJoin $sessions $Join $Kind PostgreSql Sqlite -Embedded
        $embedded.Different, $embedded.Rows | Should -Be 0, $spark.Rows
        $embedded.Path | Should -BeLike 'embedded join*'
    }

    It 'are told from others by the comparison' {
        $null = Invoke-MatrixJoin $sessions orders Inner PostgreSql Sqlite
        # a third of the customers have no orders, and stand in the answer with nulls
        Measure-MatrixDifference $sessions (New-MatrixAnswer $sessions orders Left) Sqlite joined | Should -Be 100
        $null = Invoke-DbQuery 'update joined set c_name = lower(c_name) where o_orderkey in (select min(o_orderkey) from joined)' -Adapter $sessions.Sqlite
        Measure-MatrixDifference $sessions (New-MatrixAnswer $sessions orders Inner) Sqlite joined | Should -Be 2
    }

    It 'give them from <From> into <Into>: <Kind> with <Join>' -ForEach $pairs {
        $spark = Invoke-MatrixJoin $sessions $Join $Kind $From $Into
        $spark.Different | Should -Be 0
        $spark.Path | Should -BeLike 'Spark join*'
    }
}
